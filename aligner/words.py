"""Read text as words, in either language: their spelling, their lemma, and what they are looked up by.

An elided article is a word of its own (l’OTAN), the dots of an acronym (O.T.A.N.) and soft hyphens are no part of a
word, and URLs and e-mail addresses have no words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from simplemma.strategies import LemmatizationStrategy

Language = Literal["fr", "en"]

#: How many words, and how many chunks of text, are remembered: 1.4 MB of news and reports have 31,000 different chunks,
#: and 30 MB of mixed sentences 137,000.
REMEMBERED = 1 << 18
#: The stop or bracket after an address is not part of it.
URL_OR_EMAIL = re.compile(
    r"(?:https?://|www\.)[^\s«»“”<>]*[^\s«»“”<>.,;:!?)\]’'\"]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
#: What every address has, so that few texts are searched for one.
_MAY_BE_ADDRESS = re.compile(r"://|@|www\.", re.IGNORECASE)
#: A letter or digit; a footnote's mark is no part of the word before it.
_SIGN = r"[^\W¹²³⁰-⁹]"
#: A dotted acronym, a word that elision shortened (its apostrophe is its own), or a run of letters and digits.
_WORD = re.compile(
    r"(?P<dotted>(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?)"
    r"|(?P<elided>(?<!\w)(?:[cdjlmnst]|(?:jus|lors|puis|quoi|quel|pres)?qu)[’'ʼ‘](?=\w))"
    r"|(?P<possessive>(?<=\w)[’'ʼ‘]s\b)"
    rf"|(?P<word>{_SIGN}(?:{_SIGN}|\xad(?={_SIGN}))*)"
    r"|(?P<comma>,)",  # so that "femmes, paix et sécurité" is a term and "secrétaire, général" is none
    re.IGNORECASE,
)
#: A chunk that is one plain word, which most are.
_PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœ]+")
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
    return [exact for _, _, exact in scan(text)]


def scan(text: str) -> tuple[tuple[int, int, str], ...]:
    """Find a text's words: start, end, spelling."""
    if _PLAIN.fullmatch(text):
        return ((0, len(text), text),)
    masked = URL_OR_EMAIL.sub(lambda found: " " * len(found[0]), text) if _MAY_BE_ADDRESS.search(text) else text
    return tuple(
        [
            (found.start(), found.end(), _spelling(found))
            for found in _WORD.finditer(masked)
            if found.lastgroup != "possessive"
        ]
    )


def _spelling(found: re.Match[str]) -> str:
    exact = found[0].replace("\xad", "")
    if found.lastgroup == "dotted":
        return exact.replace(".", "")
    return exact[:-1] if found.lastgroup == "elided" else exact


@lru_cache(maxsize=REMEMBERED)
def lemma(word: str, language: Language) -> str:
    """Find a lower-case word's lemma, without its accents since capitals are often written without them.

    >>> lemma("équipes", "fr"), lemma("etats", "fr"), lemma("teams", "en")
    ('equipe', 'etat', 'team')
    """
    if not word.isalpha():
        return word
    found = (_lemmatizer().get_lemma(word, language) or word).lower()
    if found == word and len(word) > 3 and word[-1] in "sx":
        # Unknown to simplemma, such as "equipes" in unaccented capitals: equal on both sides at least.
        found = word[:-1]
    return without_accents(found)


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


@lru_cache(maxsize=REMEMBERED)
def word_keys(exact: str, language: Language) -> tuple[str, ...]:
    """What a word is found under, the most exact first: its spelling, its lemma, its lower case without accents.

    >>> word_keys("Équipes", "fr")
    ('=Équipes', 'equipe', 'equipes')
    """
    lower = exact.lower()
    return tuple(dict.fromkeys(("=" + exact, lemma(lower, language), without_accents(lower))))


def form_key(form: str, language: Language, *, exact: bool = False) -> tuple[str, ...]:
    """What a matcher files a form under: forms with equal keys are found in the same places.

    >>> form_key("Équipes de l’OTAN", "fr")
    ('equipe', 'de', 'l', '=OTAN')
    """
    return tuple([word_keys(word, language)[0 if exact or is_acronym(word) else 1] for word in spelt(form)])
