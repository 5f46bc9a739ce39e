"""Find forms of terms in running text, in either language.

Both text and terms are read as words. Two words are equal when their spelling is, or their lemma; spaces, no-break
spaces and hyphens between words are equal, apostrophes are equal, soft hyphens do not exist, an elided article is a
word of its own (l’OTAN), and dots inside an acronym are ignored (O.T.A.N.). Nothing matches inside a longer word, a
URL or an e-mail address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Language = Literal["fr", "en"]
T = TypeVar("T")

#: The stop or bracket after an address is not part of it.
URL_OR_EMAIL = re.compile(
    r"(?:https?://|www\.)[^\s«»“”<>]*[^\s«»“”<>.,;:!?)\]’'\"]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
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
#: What may stand between two words of a term besides blanks: one sign, such as a hyphen or a quote, or a possessive.
_JOINT = re.compile(r"\xad*\s*(?:[-‐‑–/’'.&«»“”\"]|[’']s)?\s*")
_CLOSING_QUOTE = {"«": re.compile(r"\s*»"), "“": re.compile(r"\s*”")}
#: A lower-case prefix glued to a lower-case word makes another word of it: "vice-ministre" is no "ministre".
_GLUED = re.compile(r"[^\W\d_][-‐‑]$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, its spelling without soft hyphens, in lower case, and its lemma."""

    start: int
    end: int
    exact: str
    lower: str
    lemma: str


def words(text: str, language: Language) -> tuple[Word, ...]:
    """Read a text as words, leaving out URLs and e-mail addresses."""
    masked = URL_OR_EMAIL.sub(lambda found: " " * len(found[0]), text) if "@" in text or "/" in text else text
    return tuple(_word(found, language) for found in _WORD.finditer(masked) if found.lastgroup != "possessive")


def _word(found: re.Match[str], language: Language) -> Word:
    exact = found[0].replace("\xad", "")
    if found.lastgroup == "dotted":
        exact = exact.replace(".", "")
    elif found.lastgroup == "elided":
        exact = exact[:-1]
    lower = exact.lower()
    return Word(found.start(), found.end(), exact, lower, lemma(lower, language))


@lru_cache(maxsize=1 << 16)
def lemma(word: str, language: Language) -> str:
    """Find a lower-case word's lemma, without its accents since capitals are often written without them.

    >>> lemma("équipes", "fr"), lemma("etats", "fr"), lemma("teams", "en")
    ('equipe', 'etat', 'team')
    """
    from simplemma import lemmatize  # noqa: PLC0415 (its data takes 0.15 s to load)

    if not word.isalpha():
        return word
    found = str(lemmatize(word, lang=language)).lower()
    if found == word and len(word) > 3 and word[-1] in "sx":
        found = word[
            :-1
        ]  # unknown to simplemma, such as "equipes" in unaccented capitals: equal on both sides at least
    return _without_accents(found)


def _without_accents(word: str) -> str:
    plain = word.replace("œ", "oe").replace("æ", "ae")
    return "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))


def is_acronym(form: str) -> bool:
    """Tell whether a form is one word with two capitals or more, such as FIAS, PfP or C-IED.

    >>> [form for form in ("FIAS", "PfP", "C-IED", "O.T.A.N.", "Alliance", "North Sea", "O’Neill") if is_acronym(form)]
    ['FIAS', 'PfP', 'C-IED', 'O.T.A.N.']
    """
    return not any(char in " '’" for char in form) and sum(map(str.isupper, form)) >= 2


@lru_cache(maxsize=1 << 16)
def form_key(form: str, language: Language, *, exact: bool = False) -> tuple[str, ...]:
    """What a matcher files a form under: forms with equal keys are found in the same places.

    >>> form_key("Équipes de l’OTAN", "fr")
    ('equipe', 'de', 'l', '=OTAN')
    """
    return tuple("=" + word.exact if exact or is_acronym(word.exact) else word.lemma for word in words(form, language))


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A form found at text[start:end], with what was filed under it."""

    start: int
    end: int
    value: T


@dataclass(slots=True)
class _Node(Generic[T]):
    following: dict[str, _Node[T]] = field(default_factory=dict)
    values: list[T] = field(default_factory=list)


class Matcher(Generic[T]):
    """Forms of terms, filed so that all of them are looked for in one pass (a trie of words).

    A form that is an acronym, or that is added with `exact`, matches in its own case only; any other matches in
    every case and inflection.
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._root: _Node[T] = _Node()

    def add(self, form: str, value: T, *, exact: bool = False) -> None:
        """File a value under a form; the first value filed under a form is the one found."""
        node = self._root
        for key in form_key(form, self.language, exact=exact):
            node = node.following.setdefault(key, _Node())
        if node is not self._root:
            node.values.append(value)

    def find(self, text: str) -> tuple[Match[T], ...]:
        """Find the longest matches from left to right, without overlap."""
        return tuple(self._find(text, words(text, self.language)))

    def _find(self, text: str, read: tuple[Word, ...]) -> Iterator[Match[T]]:
        position = 0
        while position < len(read):
            found = self._longest(text, read, position)
            if found is None:
                position += 1
            else:
                last, value = found
                yield Match(
                    read[position].start, _with_closing_quote(text, read[position].start, read[last].end), value
                )
                position = last + 1

    def _longest(self, text: str, read: tuple[Word, ...], first: int) -> tuple[int, T] | None:
        """The last word and the value of the longest form that starts at the word `first`."""
        start = read[first].start
        if read[first].exact.islower() and _GLUED.search(text, max(0, start - 2), start):
            return None
        best: tuple[int, T] | None = None
        nodes: list[_Node[T]] = [self._root]
        for last in range(first, len(read)):
            if last > first and not _JOINT.fullmatch(text, read[last - 1].end, read[last].start):
                break
            nodes = [following for node in nodes for following in self._step(node, read[last])]
            if not nodes:
                break
            for node in nodes:
                if node.values:
                    best = last, node.values[0]
                    break
        return best

    @staticmethod
    def _step(node: _Node[T], word: Word) -> Iterable[_Node[T]]:
        """The nodes that a word leads to, the most exact first."""
        keys = dict.fromkeys(("=" + word.exact, word.lemma, _without_accents(word.lower)))
        return [node.following[key] for key in keys if key in node.following]


def _with_closing_quote(text: str, start: int, end: int) -> int:
    """Where a match ends when the quote that was opened inside of it is closed right after it."""
    for opening, closing in _CLOSING_QUOTE.items():
        after = closing.match(text, end)
        if after and text.find(opening, start, end) >= 0:
            return after.end()
    return end
