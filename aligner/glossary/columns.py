"""The columns of a termbase in rows, and what they are called in English and French."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

COLUMNS = (
    "source",
    "target",
    "source_variants",
    "target_variants",
    "case_sensitive",
    "pos",
    "forbidden",
    "domain",
    "note",
    "do_not_translate",
)
REQUIRED = COLUMNS[:2]
#: Columns of several forms. There may be several of a kind ("Synonyme 1", "Synonyme 2"), which are read as one.
LISTS = frozenset({"source_variants", "target_variants", "forbidden"})

# Names stand here as `plain` leaves them: without accents, signs and the s of the plural. Words that mean the same in
# both languages name the same column, so that an entry such as "cible → target" is not taken for a header.

#: What else the columns are called.
SYNONYMS: dict[str, str] = {
    "source": "terme|term|src",
    "target": "cible|traduction|translation|equivalent|tgt",
    "source_variants": "synonyme|synonym|variante|variant",
    "target_variants": "",
    "case_sensitive": "casesensitive|case|match case|casse|respecter la casse|respect de la casse|sensible a la casse",
    "pos": "part of speech|partofspeech|word class|grammatical category|categorie grammaticale|classe grammaticale"
    "|partie du discour|nature",
    "forbidden": "interdit|terme interdit|traduction interdite|forbidden translation|forbidden term|proscrit"
    "|forme interdite|terme proscrit|a proscrire|a eviter|terme a eviter|do not use|ne pas utiliser",
    "domain": "subject|subject field|subjectfield|subject area|entry subject|entry domain|domaine|theme|thematique",
    "note": "comment|remark|remarque|commentaire|observation|entry note",
    "do_not_translate": "dnt|donottranslate|untranslatable|non translatable|ne pas traduire|a ne pas traduire"
    "|intraduisible|non traduit",
}
#: Names that may mean something else: each is the first of these columns that no other name is. A category beside a
#: domain is grammatical; a language beside a term is the language's code.
WEAK: dict[str, tuple[str, ...]] = {
    name: tuple(columns)
    for names, *columns in (
        ("mot|word|expression|texte|text|nom|name|libelle|label|langue source|source language|source lang", "source"),
        ("langue cible|target language|target lang", "target"),
        ("categorie|category", "domain", "pos"),
        ("definition|description|explication|explanation", "note"),
    )
    for name in names.split("|")
}
#: Columns that may say that an entry is not to be used, in words that we do not know.
STATUSES = frozenset("statut statu etat state validation approved approuve valide".split())

#: What a column is called besides its language or side ("Terme FR", "English translation", "Variantes cibles", "en"),
#: with the French column and the English one.
_SIDED: dict[str, tuple[str, str]] = {
    name: (french, english)
    for names, french, english in (
        ("terme|term|mot|word|expression|texte|text|nom|name|libelle|label|vedette|entree|entry", "source", "target"),
        ("designation|traduction|translation|equivalent", "source", "target"),
        ("synonyme|synonym|variante|variant|alias|autre terme|other term", "source_variants", "target_variants"),
        ("interdit|interdite|terme interdit|forbidden|forbidden term|proscrit", "", "forbidden"),
    )
    for name in names.split("|")
}
#: French is 0, English 1, as are the sides that they are on.
_LANGUAGES = dict.fromkeys("fr fra fre french francai francaise".split(), 0) | dict.fromkeys(
    "en eng english anglai anglaise".split(), 1
)
_SIDES = dict.fromkeys("source sources src".split(), 0) | dict.fromkeys("cible target tgt".split(), 1)
#: What a language's name may have beside it: "fr-CA", "English (United Kingdom)", "anglais (R.-U.)".
_REGIONS = frozenset(
    "be belgique belgium ca canada ch e etat eu france gb kingdom lu luxembourg r royaume ru state suisse switzerland "
    "u uk uni united us usa".split()
)


def plain(name: str) -> str:
    """A header cell in lower case, without accents, signs and the s of plurals.

    >>> plain("Catégories_grammaticales"), plain("Source (fr)"), plain("sourceVariants")
    ('categorie grammaticale', 'source fr', 'source variant')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name)
    letters = "".join(char for char in unicodedata.normalize("NFD", spaced) if not unicodedata.combining(char))
    words = re.sub(r"[\W_]+", " ", letters).casefold().split()
    # Sources are where a term was found; a source is also a term.
    return " ".join(word[:-1] if word.endswith("s") and len(word) > 3 and word != "sources" else word for word in words)


_COLUMN_OF = {name: column for column in COLUMNS for name in (plain(column), *SYNONYMS[column].split("|")) if name}
_WORDS = frozenset(
    " ".join([*_COLUMN_OF, *WEAK, *STATUSES, *_SIDED, *_LANGUAGES, *_SIDES, "langue language colonne column"]).split()
)


def column_of(name: str) -> str:
    """The column that a header cell names, "" for none.

    Languages say more than sides: in a glossary of the other direction, "Source (en)" is our target.

    >>> [column_of(name) for name in ("Terme FR", "Variante anglaise 2", "Target", "Source (en)", "Référence")]
    ['source', 'target_variants', 'target', 'target', '']
    """
    key = plain(name)
    unnumbered = re.sub(r" ?\d+$", "", key)
    if unnumbered != key:
        column = column_of(unnumbered)
        return column if column in LISTS else ""
    return _COLUMN_OF.get(key) or _sided(re.sub(r"\ben (?=francai|anglai)", "", key).split())


def _sided(words: list[str]) -> str:
    languages = {_LANGUAGES[word] for word in words if word in _LANGUAGES}
    sides = languages or {_SIDES[word] for word in words if word in _SIDES}
    if len(sides) != 1:
        return ""
    (side,) = sides
    rest = [
        word for word in words if word not in _LANGUAGES and word not in _SIDES and not (languages and word in _REGIONS)
    ]
    if not rest and languages:
        return REQUIRED[side]
    return _SIDED.get(" ".join(rest), ("", ""))[side]


def meant_by(name: str) -> str:
    """The column that a name with misspelt words would name, "" for none.

    >>> meant_by("targt"), meant_by("Terme frnaçais"), meant_by("Domain ID")
    ('target', 'source', '')
    """
    words = plain(name).split()
    # Short words are near too many others, and long cells are no names.
    if len(words) > 5 or any(len(word) > 20 for word in words):
        return ""
    return column_of(" ".join(_respelt(word) for word in words))


def _respelt(word: str) -> str:
    # How much must agree: "targt" and "soruce" do.
    like = [] if word in _WORDS or len(word) < 4 else get_close_matches(word, _WORDS, 1, 0.81)
    return like[0] if like else word


def looks_like_a_name(cell: str) -> bool:
    """Tell a cell that seems to name a column, although none of ours: "Langue A", "Column1".

    >>> [looks_like_a_name(cell) for cell in ("Langue A", "Column1", "Nom", "langue officielle")]
    [True, True, True, False]
    """
    words = re.sub(r"\d+", " ", plain(cell)).split()
    return any(word in _WORDS for word in words) and all(word in _WORDS or len(word) == 1 for word in words)
