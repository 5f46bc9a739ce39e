"""Read text as words, in either language: their spelling, their lemma, and what they are looked up by.

An elided article is a word of its own (l’OTAN), the dots of an acronym (O.T.A.N.) and soft hyphens are no part of a
word, and URLs and e-mail addresses have no words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate
from sys import intern
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simplemma.strategies import LemmatizationStrategy

Language = Literal["fr", "en"]

#: How many words are remembered: 30 MB of mixed sentences have 61,000 different spellings.
REMEMBERED = 1 << 18
#: The stop or bracket after an address is not part of it.
URL_OR_EMAIL = re.compile(
    r"(?:https?://|www\.)[^\s«»“”<>]*[^\s«»“”<>.,;:!?)\]’'\"]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
#: A letter or digit; a footnote's mark is no part of the word before it.
_SIGN = r"[^\W¹²³⁰-⁹]"
_LETTER = r"[^\W\d_]"
_APOSTROPHES = frozenset("’'ʼ‘")
#: Words that elision shortened; those with more than a letter are whole words otherwise.
_ELIDED = frozenset("c d j l m n s t qu jusqu lorsqu puisqu quoiqu quelqu presqu".split())
#: The s of a possessive is no word, but that of "l’S" is.
_NOT_ELIDED = "".join(rf"(?<!(?i:\b{word}).)" for word in sorted(_ELIDED))
_POSSESSIVE = rf"\w[’'‘]{_NOT_ELIDED}[sS]"
#: What follows the first letter of a dotted acronym.
_DOTTED = rf"(?<=(?<!\w){_LETTER})\.(?:{_LETTER}\.)+(?:{_LETTER}(?!\w))?"
#: A run of letters and digits, with soft hyphens among them; a dotted acronym; or a comma, so that "femmes, paix et
#: sécurité" is a term and "secrétaire, général" is none.
_WORD = re.compile(rf"({_SIGN}+(?<!{_POSSESSIVE})(?:(?=[\xad.])(?:{_DOTTED}|(?:\xad{_SIGN}+)+))?|,)")
#: The same where there is no soft hyphen and no acronym, which most texts have not.
_PLAIN_WORD = re.compile(rf"({_SIGN}+(?<!{_POSSESSIVE})|,)")
_HYPHENS = ("-", "‐", "‑")
#: What a hyphen adds to a word without making another one of it.
_DEMONSTRATIVE = ("ci", "là")
_PREFIX = re.compile(rf"{_LETTER}[-‐‑]$")
_CLOSING_QUOTE = {"«": re.compile(r"\s*»"), "“": re.compile(r"\s*”")}
#: The one apostrophe that is a letter as well.
_LETTER_APOSTROPHE = re.compile(rf"\b({'|'.join(sorted(_ELIDED))})ʼ(?=\w)", re.IGNORECASE)
#: Accents that decomposition leaves behind, and letters that it does not part.
_PLAIN_LETTERS = {**dict.fromkeys(range(0x300, 0x370)), ord("œ"): "oe", ord("æ"): "ae"}


class Word(NamedTuple):
    """A word of a text: where it stands, its spelling without soft hyphens, in lower case, and its lemma."""

    start: int
    end: int
    exact: str
    lower: str
    lemma: str


def words(text: str, language: Language) -> tuple[Word, ...]:
    """Read a text as words, leaving out URLs and e-mail addresses."""
    read = [(start, end, exact, exact.lower()) for start, end, exact in scan(text)]
    return tuple([Word(start, end, exact, lower, lemma(lower, language)) for start, end, exact, lower in read])


def spelt(text: str) -> list[str]:
    """The spellings of a text's words, as `Word.exact` has them, for where no lemma is needed."""
    return [*map(spelling, split(text)[1::2])]


def scan(text: str) -> list[tuple[int, int, str]]:
    """Find a text's words: start, end, spelling. The apostrophe of elision is at the end of its word."""
    pieces = split(text)
    ends = list(accumulate(map(len, pieces)))
    return [
        (start, end + elides(pieces, at), spelling(pieces[at]))
        for at, start, end in zip(range(1, len(pieces), 2), ends[::2], ends[1::2], strict=False)
    ]


def split(text: str) -> list[str]:
    """Part a text into gap, word, gap, …, word, gap, which are as long as it together. Addresses are masked, in gaps.

    >>> split("l’OTAN (O.T.A.N.)")
    ['', 'l', '’', 'OTAN', ' (', 'O.T.A.N.', ')']
    """
    # Quick tests that spare most texts the slow patterns: every address has one of these.
    dots = "." in text[:-1]
    if "@" in text or "://" in text or (dots and ("w." in text or "W." in text)):
        text = URL_OR_EMAIL.sub(lambda found: "\0" * len(found[0]), text)
    if "ʼ" in text:
        text = _LETTER_APOSTROPHE.sub(r"\1’", text)
    return (_WORD if dots or "\xad" in text else _PLAIN_WORD).split(text)


def spelling(piece: str) -> str:
    """How a word is spelt without its soft hyphens and the dots of an acronym."""
    return piece.replace("\xad", "").replace(".", "")


def elides(pieces: Sequence[str], at: int) -> bool:
    """Tell whether elision shortened the word at a place in what `split` returned."""
    gap = pieces[at + 1]
    if gap[:1] not in _APOSTROPHES or pieces[at].lower() not in _ELIDED:
        return False
    following = gap[1:2] or "".join(pieces[at + 2 : at + 3])[:1]
    return following.isalnum() or following == "_"


def is_glued(pieces: Sequence[str], at: int) -> bool:
    """Tell whether a lower-case word has a prefix that makes another one of it: "vice-ministre" is no "ministre"."""
    if not pieces[at - 1].endswith(_HYPHENS) or not pieces[at].islower():
        return False
    return bool(_PREFIX.search("".join(pieces[max(0, at - 2) : at])))


def leads_on(pieces: Sequence[str], at: int) -> bool:
    """Tell whether a hyphen makes another word of a lower-case French one: "procès-verbal", but not "cas-là"."""
    if pieces[at + 1] not in _HYPHENS or not pieces[at].islower():
        return False
    following = "".join(pieces[at + 2 : at + 3])
    return following.islower() and following not in _DEMONSTRATIVE


def closing(pieces: Sequence[str], start: int, end: int) -> int:
    """How many signs after `pieces[start:end]` belong to it: what closes its bracket or quote, an elided apostrophe."""
    inside, gap = "".join(pieces[start:end]), pieces[end]
    if inside.count("(") > inside.count(")"):
        return 1
    for opening, quote in _CLOSING_QUOTE.items():
        if opening in inside and (after := quote.match(gap)):
            return after.end()
    return int(elides(pieces, end - 1))


@lru_cache(maxsize=REMEMBERED)
def lemma(word: str, language: Language) -> str:
    """Find a lower-case word's lemma, without its accents since capitals are often written without them.

    >>> lemma("équipes", "fr"), lemma("etats", "fr"), lemma("teams", "en")
    ('equipe', 'etat', 'team')
    """
    return without_accents(accented_lemma(word, language))


@lru_cache(maxsize=REMEMBERED)
def accented_lemma(word: str, language: Language) -> str:
    """Find a lower-case word's lemma as it is spelt."""
    if not word.isalpha():
        return word
    found = _lemmatizer().get_lemma(word, language)
    if len(word) > 3 and word[-1] in "sx" and (found is None or (found == word and language == "en")):
        # Unknown to simplemma, such as "equipes" in unaccented capitals, or a plural that it takes for no form of
        # another word, such as "Americans": equal on both sides at least. French "mais" and "fonds" stay.
        found = word[:-1]
    return (found or word).lower()


@lru_cache(maxsize=REMEMBERED)
def is_word(text: str, language: Language) -> bool:
    """Tell whether a dictionary has a word."""
    from simplemma import is_known  # noqa: PLC0415 (its data takes 0.15 s to load)

    return bool(is_known(text, language))


@lru_cache(maxsize=1)
def _lemmatizer() -> LemmatizationStrategy:
    """What `simplemma.lemmatize` looks words up with, without what it checks and keeps at each call."""
    from simplemma.strategies import DefaultStrategy  # noqa: PLC0415 (its data takes 0.15 s to load)

    return DefaultStrategy()


def without_accents(word: str) -> str:
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFD", word).translate(_PLAIN_LETTERS)
    return plain if plain.isascii() else "".join(char for char in plain if not unicodedata.combining(char))


def is_acronym(form: str) -> bool:
    """Tell whether a form is one word with two capitals or more, such as FIAS, PfP or C-IED.

    >>> [form for form in ("FIAS", "PfP", "C-IED", "O.T.A.N.", "Alliance", "North Sea", "O’Neill") if is_acronym(form)]
    ['FIAS', 'PfP', 'C-IED', 'O.T.A.N.']
    """
    if form.islower() or any(char in " '’" for char in form):
        return False
    return sum(map(str.isupper, form)) >= 2


def is_initials(form: str) -> bool:
    """Tell an acronym from a name such as Royaume-Uni, which has two capitals too.

    >>> is_initials("FIAS"), is_initials("PfP"), is_initials("Royaume-Uni")
    (True, True, False)
    """
    return is_acronym(form) and 2 * sum(map(str.isupper, form)) >= len(form)


@lru_cache(maxsize=REMEMBERED)
def word_keys(exact: str, language: Language) -> tuple[str, ...]:
    """What a word is found under, the most exact first: its spelling, its lemma, its lower case without accents.

    The last counts for a word that has no accents, or those of the form's lemma: "porté" is no "porte". An acronym with
    the s of the plural, which English writes and French at times, is found as the acronym too.

    >>> word_keys("Équipes", "fr"), word_keys("NGOs", "en")
    (('=Équipes', 'equipe', 'equipes'), ('=NGOs', '=NGO', 'ngo', 'ngos'))
    """
    lower = exact.lower()
    several = exact.endswith("s") and exact[:-1].isupper() and is_acronym(exact)
    acronym = ("=" + exact[:-1],) if several else ()
    # Interned, since the same object is found quicker in a table than an equal one.
    return tuple(dict.fromkeys(map(intern, ("=" + exact, *acronym, lemma(lower, language), without_accents(lower)))))


def form_key(form: str, language: Language, *, exact: bool = False) -> tuple[str, ...]:
    """What a matcher files a form under: forms with equal keys are found in the same places.

    >>> form_key("Équipes de l’OTAN", "fr")
    ('equipe', 'de', 'l', '=OTAN')
    """
    return tuple([filed_as(word, language, exact) for word in spelt(form)])


@lru_cache(maxsize=REMEMBERED)
def filed_as(word: str, language: Language, exact: bool) -> str:
    """What a matcher files a word of a form under, see `form_key`."""
    return word_keys(word, language)[0 if exact or is_acronym(word) else 1]
