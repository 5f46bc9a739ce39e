"""Find forms of terms in running text, in either language.

Both text and terms are read as words (`words.py`). Two words are equal when their spelling is, or their lemma; spaces,
no-break spaces and hyphens between words are equal, apostrophes are equal, soft hyphens do not exist, an elided article
is a word of its own (l’OTAN), and dots inside an acronym are ignored (O.T.A.N.). Nothing matches inside a longer word,
a URL or an e-mail address. Of forms that overlap, the one that begins first is found, and of those that begin together
the longest.

Most words have been read before, so that a look-up stands for lemmatising. All forms are then searched for at once, by
an Aho-Corasick automaton over a sign a word (`_Signs`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from copy import copy
from functools import lru_cache
from itertools import chain, count
from operator import contains
from sys import intern
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from aligner.words import (
    REMEMBERED,
    URL_OR_EMAIL,
    Language,
    Word,
    accented_lemma,
    closing,
    elides,
    filed_as,
    form_key,
    is_acronym,
    is_glued,
    leads_on,
    lemma,
    spelling,
    spelt,
    split,
    without_accents,
    word_keys,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["URL_OR_EMAIL", "Language", "Match", "Matcher", "Word", "form_key", "is_acronym", "lemma", "spelt", "words"]

T = TypeVar("T")

#: How many words of text a matcher of a few forms remembers; there may be thousands of such matchers.
FEW = 64

#: How many occurrences of forms are remembered, in all spellings that a text has.
OCCURRENCES = 1 << 15

#: What may stand between two words of a term besides blanks: one sign, such as a hyphen or a quote, or a possessive.
_JOINT = re.compile(r"\xad*\s*(?:[-‐‑–/’'.&+«»“”\"]|[’']s)?\s*")
#: In English, where targets are looked for, a bracket may be opened between two words if it is closed right after a
#: later one: "European Union (EU)". In French it would part what the document says from what it adds.
_OPENED = re.compile(r"\s*\(")


class Match(NamedTuple, Generic[T]):
    """A form found at text[start:end], with what was filed under it first, and what else was."""

    start: int
    end: int
    value: T
    others: tuple[T, ...] = ()


#: What becomes of the values under a form when one more is filed there.
Gather = Callable[[tuple[T, ...], T], tuple[T, ...]]


def _different(filed: tuple[T, ...], value: T) -> tuple[T, ...]:
    return filed if value in filed else (*filed, value)


class _Forms(Generic[T]):
    """What is filed under forms, by the keys of their words; and the words that were filed under each key."""

    def __init__(self, language: Language, remembered: int, gather: Gather[T]) -> None:
        self.language: Language = language
        self.remembered = remembered
        self._gather = gather
        self.filed: dict[tuple[str, ...], tuple[T, ...]] = {}
        self.words: set[tuple[str, str]] = set()
        self._signs: dict[bool, _Signs[T]] = {}

    def file(self, keys: tuple[str, ...], read: Iterable[str], value: T) -> None:
        if not keys:
            return
        self._signs.clear()
        self.words.update(zip(keys, read, strict=True))
        self.filed[keys] = self._gather(self.filed.get(keys, ()), value)

    def signs(self, *, shouted: bool) -> _Signs[T]:
        """The forms as they are looked for in a text, after the last was filed; among capitals (`shouted`) or not."""
        if shouted not in self._signs:
            self._signs[shouted] = _Signs(self, shouted=shouted)
        return self._signs[shouted]


class _Occurrence(NamedTuple, Generic[T]):
    """Words that are a form: what is filed there first, what else, their length, and if a bracket is left open."""

    value: T
    others: tuple[T, ...]
    length: int
    open_bracket: bool


#: The sign of a word that is in no form.
_UNKNOWN = "\0"
#: No characters of their own.
_SURROGATES = range(0xD800, 0xE000)


class _Signs(dict[str, str], Generic[T]):
    """Words as signs, each looked at once, by which an automaton finds forms. Among capitals, case tells nothing.

    A sign is one character, so that a text is read by a look-up a word and one search in a string. Words have several
    keys; those that one word may have share a sign, so that the automaton finds all there is and a little more, of
    which `filed` then asks whether the words have the keys.
    """

    def __init__(self, forms: _Forms[T], *, shouted: bool) -> None:
        super().__init__()
        self._forms, self._shouted = forms, shouted
        self._keys = lru_cache(forms.remembered)(self._known)
        self.occurrence = lru_cache(min(forms.remembered, OCCURRENCES))(self._occurrence)
        #: How the lemmas of words that were filed under a key are spelt, accents and all.
        self._lemmas: dict[str, set[str]] = {}
        for key, word in forms.words:
            lower = word.lower()
            one = lower if key[0] == "^" else accented_lemma(lower, forms.language)
            self._lemmas.setdefault(key, set()).add(one)
        classes = self._classes()
        # In UTF-8, as the automaton reads it, the first characters are the shortest.
        often = Counter(chain.from_iterable(forms.filed)).most_common()
        characters = (chr(number) for number in count(1) if number not in _SURROGATES)
        of_class = dict(zip(dict.fromkeys(classes[key] for key, _ in often), characters, strict=False))
        self._of_key = {key: of_class[keys] for key, keys in classes.items()}
        patterns: dict[str, list[tuple[str, ...]]] = {}
        for keys in forms.filed:
            patterns.setdefault("".join([self._of_key[key] for key in keys]), []).append(keys)
        self._automaton = AhoCorasick(patterns)
        self._forms_of = [*patterns.values()]

    def _classes(self) -> dict[str, tuple[str, ...]]:
        """All keys, each with those of its class: keys that one word may have, and keys of one class with these."""
        classes: dict[str, tuple[str, ...]] = {key: (key,) for key in self._lemmas}
        for key, lemmas in self._lemmas.items():
            # What has this key and another one is spelt so, with an s if it is an acronym, or as the key's lemma is.
            bare = key.lstrip("=^")
            for word in {bare, *lemmas, f"{bare}s"} if key[0] == "=" else {bare, *lemmas}:
                known = self._known(word)
                if len(known) > 1:
                    joined = tuple(dict.fromkeys(other for one in known for other in classes[one]))
                    classes.update(dict.fromkeys(joined, joined))
        return classes

    def __missing__(self, piece: str) -> str:
        if len(self) >= self._forms.remembered:
            self.clear()
        known = self._keys(piece)
        self[piece] = sign = self._of_key[known[0]] if known else _UNKNOWN
        return sign

    def _known(self, piece: str) -> tuple[str, ...]:
        """The keys of a word that are in forms; its own without accents count if it has none, or those of a lemma."""
        exact, lemmas = spelling(piece), self._lemmas
        keys = word_keys(exact, self._forms.language)
        if self._shouted:
            keys = (*keys, _shout(exact))
        keys = tuple([key for key in keys if key in lemmas])
        lower = exact.lower()
        if not keys or lower == without_accents(lower):
            return keys
        its_lemma = lemma(lower, self._forms.language)
        return tuple([key for key in keys if key[0] == "=" or key == its_lemma or lower in lemmas[key]])

    def find(self, read: Iterable[str], rank: int) -> list[tuple[int, int, int, int]]:
        """Find what may be forms in a text's words: the first word, minus the word after the last, rank, pattern."""
        found = self._automaton.find_matches_as_indexes("".join(map(self.__getitem__, read)), overlapping=True)
        return [(first, -end, rank, pattern) for pattern, first, end in found]

    def _occurrence(self, pattern: int, pieces: tuple[str, ...]) -> _Occurrence[T] | None:
        """Read words that may be a form of a pattern, and the gaps between them; None if they are none.

        Of several forms, the one with the most exact keys counts.
        """
        if not _hang_together(pieces, self._forms.language):
            return None
        known = [*map(self._keys, pieces[::2])]
        fitting = [keys for keys in self._forms_of[pattern] if all(map(contains, known, keys))]
        if not fitting:
            return None
        exact = min(fitting, key=lambda keys: [*map(tuple.index, known, keys)])
        inside = "".join(pieces)
        value, *others = self._forms.filed[exact]
        return _Occurrence(value, tuple(others), len(inside), inside.count("(") > inside.count(")"))


class Matcher(Generic[T]):
    """Forms of terms, filed so that all of them are looked for in one pass.

    A form that is an acronym, or that is added with `exact`, matches in its own case only; any other matches in
    every case and inflection. In a text that is all in capitals, which tell nothing there, `exact` forms match too,
    while acronyms that are not (PfP) do not. Of the values under one form, `gather` says which are kept: all different
    ones. So many words of text are remembered; where there are many matchers, few.
    """

    def __init__(self, language: Language, *, remembered: int = REMEMBERED, gather: Gather[T] = _different) -> None:
        self.language: Language = language
        self._forms: tuple[_Forms[T], ...] = (_Forms(language, remembered, gather),)

    def add(self, form: str, value: T, *, exact: bool = False) -> None:
        """File a value under a form; the first value filed under a form is the one found."""
        read = spelt(form)
        forms = self._forms[0]
        forms.file(tuple([filed_as(word, self.language, exact) for word in read]), read, value)
        if exact:
            forms.file(tuple(["=" + word if is_acronym(word) else _shout(word) for word in read]), read, value)

    def over(self, other: Matcher[T]) -> Matcher[T]:
        """Look for this one's forms and the other's; of two for the same words, this one's is found.

        No form is copied, so that it costs nothing. Each reads a text's words by its own forms.
        """
        both = copy(self)
        both._forms = self._forms + other._forms
        return both

    def find(self, text: str) -> tuple[Match[T], ...]:
        """Find the longest matches from left to right, without overlap."""
        pieces = split(text)
        read = pieces[1::2]
        shouted = text.isupper()
        signs = [forms.signs(shouted=shouted) for forms in self._forms]
        found: list[tuple[int, int, int, int]] = []
        for rank, one in enumerate(signs):
            found += one.find(read, rank)
        if not found:
            return ()
        if len(found) > 1:
            found.sort()
        matches: list[Match[T]] = []
        free = done = reached = 0
        for first, back, rank, pattern in found:
            if first < free:
                continue
            start, end = 2 * first + 1, -2 * back
            occurrence = signs[rank].occurrence(pattern, tuple(pieces[start:end]))
            if not occurrence or (occurrence.open_bracket and not pieces[end].startswith(")")):
                continue
            # What a hyphen makes part of another word is no shorter form either.
            free = first + 1
            alone = pieces[start - 1] == pieces[end] == " "
            if not alone and _is_part(pieces, start, end, self.language):
                continue
            free = -back
            begins = reached + len("".join(pieces[done:start]))
            done = end
            reached = begins + occurrence.length
            closed = 0 if alone else closing(pieces, start, end)
            matches.append(Match(begins, reached + closed, occurrence.value, occurrence.others))
        return tuple(matches)


@lru_cache(maxsize=1 << 12)
def forms_matcher(language: Language, forms: tuple[str, ...], *, exact: bool = False) -> Matcher[str]:
    """A matcher of some forms, kept for the next segment that has the same term."""
    matcher: Matcher[str] = Matcher(language, remembered=FEW)
    for form in forms:
        matcher.add(form, form, exact=exact)
    return matcher


def _shout(exact: str) -> str:
    """The key of a word that has lost its case, and may have lost its accents, among capitals."""
    return intern("^" + without_accents(exact.lower()))


def _hang_together(pieces: Sequence[str], language: Language) -> bool:
    """Tell whether no sign parts words, which are pieces with their gaps; a bracket may be left open."""
    if pieces[1::2].count(" ") == len(pieces) // 2:
        return True
    opened = False
    for at in range(1, len(pieces), 2):
        gap = pieces[at]
        if elides(pieces, at - 1):
            gap = gap[1:]
        if opened and gap.startswith(")"):
            opened, gap = False, gap[1:]
        if language == "en" and not opened and _OPENED.fullmatch(gap):
            opened = True
        elif not _JOINT.fullmatch(gap):
            return False
    return True


def _is_part(pieces: Sequence[str], start: int, end: int, language: Language) -> bool:
    """Tell whether a hyphen makes a form, which is `pieces[start:end]`, part of another word."""
    return is_glued(pieces, start) or (language == "fr" and leads_on(pieces, end - 1))
