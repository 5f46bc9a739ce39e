"""Find forms of terms in running text, in either language.

Both text and terms are read as words (`words.py`). Two words are equal when their spelling is, or their lemma; spaces,
no-break spaces and hyphens between words are equal, apostrophes are equal, soft hyphens do not exist, an elided article
is a word of its own (l’OTAN), and dots inside an acronym are ignored (O.T.A.N.). Nothing matches inside a longer word,
a URL or an e-mail address. Of forms that overlap, the one that begins first is found, and of those that begin together
the longest.

Most words have been read before, so that a look-up stands for lemmatising and the first step in the trie. From there on
the trie is walked only where marks tell that a form may begin with a word and the two after it (`_Pairs`).
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from zlib import crc32

from aligner.words import (
    REMEMBERED,
    URL_OR_EMAIL,
    Language,
    Word,
    accented_lemma,
    closing,
    elides,
    filed_under,
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
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["URL_OR_EMAIL", "Language", "Match", "Matcher", "Word", "form_key", "is_acronym", "lemma", "spelt", "words"]

T = TypeVar("T")

#: How many words of text a matcher of a few forms remembers; there may be thousands of such matchers.
FEW = 64

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


class _Node(dict[str, "_Node[T]"], Generic[T]):
    """What may follow the words so far, by key, and what is filed under them."""

    __slots__ = ("filed",)

    def __init__(self) -> None:
        super().__init__()
        self.filed: tuple[T, ...] = ()


@dataclass(slots=True)
class _Trie(Generic[T]):
    """Forms by the keys of their words, and all the keys there are with how their lemmas are spelt, accents and all."""

    root: _Node[T] = field(default_factory=_Node)
    keys: dict[str, set[str]] = field(default_factory=dict)
    forms: int = 0

    def file(self, keys: Sequence[str], lemmas: Iterable[str], value: T) -> None:
        self.forms += 1
        node = self.root
        for key, as_spelt in zip(keys, lemmas, strict=True):
            self.keys.setdefault(key, set()).add(as_spelt)
            following = node.get(key)
            if following is None:
                following = node[key] = _Node()
            node = following
        if keys and value not in node.filed:
            node.filed += (value,)


#: The bits of a mark where a form ends, and the bit that every third word has.
_ANY, _ENDS = 0xFFFF, 0x8000


class _Pairs:
    """Which words may begin a form, as marks in one small table, which costs less to ask than a step in a trie does.

    The mark of two words, at `first + second`, tells by 15 bits what may come third, and by a 16th that nothing has to.
    Words that share a place or bits are let through by chance; none is held back that begins a form.
    """

    def __init__(self, forms: int) -> None:
        self._half = 1 << (8 * forms + 8).bit_length()
        #: Where the marks of a word begin that is a form alone: there, all are set.
        self.alone = 2 * self._half
        self.marks = array("H", bytes(2 * self.alone)) + array("H", [_ANY]) * self._half
        self._leads: dict[str, list[tuple[int, int]]] = {}
        self._follows: dict[str, list[int]] = {}

    def first(self, keys: tuple[str, ...], nodes: Iterable[_Node[Any]]) -> int:
        """Where the marks begin of a word that has these keys, which lead to these nodes."""
        first = _number(keys, self._half)
        for node in nodes:
            for key, following in node.items():
                mark = _ANY if following.filed else self.third(following) ^ _ENDS
                self._leads.setdefault(key, []).append((first, mark))
                for second in self._follows.get(key, ()):
                    self.marks[first + second] |= mark
        return first

    def second(self, keys: tuple[str, ...]) -> int:
        """How far on the mark is when a word with these keys comes second."""
        second = _number(("", *keys), self._half)
        for key in keys:
            self._follows.setdefault(key, []).append(second)
            for first, mark in self._leads.get(key, ()):
                self.marks[first + second] |= mark
        return second

    def third(self, keys: Iterable[str]) -> int:
        """The bits of a word with these keys that comes third."""
        bits = _ENDS
        for key in keys:
            bits |= 1 << _number((key,), 15)
        return bits


def _number(keys: Sequence[str], below: int) -> int:
    """A number for keys, in every process the same one."""
    return crc32("\n".join(keys).encode(errors="surrogatepass")) % below


#: A word as tries see it: three numbers for `_Pairs`, those of its keys that are in any form, what they lead to, and
#: what is filed under the word alone. A plain tuple, since every word of a text is asked for it.
_Seen = tuple[int, int, int, tuple[str, ...], tuple[_Node[T], ...], tuple[T, ...]]
#: A word that is in no form.
_UNKNOWN: _Seen[Any] = (0, 0, _ENDS, (), (), ())


#: Threads that match at once are not to mark at once; what one marks twice stays the same.
_MARKING = Lock()


class _Sight(dict[str, _Seen[T]]):
    """Words as tries see them, each looked at once. Among capitals (`shouted`), case tells nothing."""

    def __init__(self, tries: Sequence[_Trie[T]], language: Language, remembered: int, *, shouted: bool) -> None:
        super().__init__()
        self._tries, self._language, self._remembered, self._shouted = tries, language, remembered, shouted
        self._of_keys: dict[tuple[str, ...], _Seen[T]] = {(): _UNKNOWN}
        self._pairs: _Pairs | None = None
        #: The table of `_Pairs`; until there is one, all words are unknown.
        self.marks = array("H", [0])

    def __missing__(self, piece: str) -> _Seen[T]:
        if len(self) >= self._remembered:
            self.clear()
        known = self._known(spelling(piece))
        if known not in self._of_keys:
            with _MARKING:
                self._of_keys[known] = self._see(tuple(dict.fromkeys(known)))
        self[piece] = seen = self._of_keys[known]
        return seen

    def _known(self, exact: str) -> tuple[str, ...]:
        """The keys of a word that are in forms; its own without accents count if it has none, or those of a lemma."""
        lower = exact.lower()
        keys = word_keys(exact, self._language)
        # The spelling and the lemma come first.
        sure = keys[: keys.index(lemma(lower, self._language)) + 1]
        keys = (*keys, _shout(exact)) if self._shouted else keys
        sure = sure if lower != without_accents(lower) else keys
        return tuple(
            [
                key
                for key in keys
                for trie in self._tries
                if (lemmas := trie.keys.get(key)) and (key in sure or lower in lemmas)
            ]
        )

    def _see(self, keys: tuple[str, ...]) -> _Seen[T]:
        if self._pairs is None:
            self._pairs = _Pairs(sum(trie.forms for trie in self._tries))
            self.marks = self._pairs.marks
        nodes = tuple([trie.root[key] for trie in self._tries for key in keys if key in trie.root])
        values = next((node.filed for node in nodes if node.filed), ())
        first = self._pairs.alone if values else self._pairs.first(keys, nodes)
        return first, self._pairs.second(keys), self._pairs.third(keys), keys, nodes, values


class Matcher(Generic[T]):
    """Forms of terms, filed so that all of them are looked for in one pass (a trie of words).

    A form that is an acronym, or that is added with `exact`, matches in its own case only; any other matches in
    every case and inflection. In a text that is all in capitals, which tell nothing there, `exact` forms match too,
    while acronyms that are not (PfP) do not. It remembers so many words of text; where there are many matchers, few.
    """

    def __init__(self, language: Language, tries: tuple[_Trie[T], ...] = (), *, remembered: int = REMEMBERED) -> None:
        self.language: Language = language
        self._tries = tries or (_Trie(),)
        self._remembered = remembered
        self._look_anew()

    def _look_anew(self) -> None:
        self._calm = _Sight(self._tries, self.language, self._remembered, shouted=False)
        self._shouted = _Sight(self._tries, self.language, self._remembered, shouted=True)

    def add(self, form: str, value: T, *, exact: bool = False) -> None:
        """File a value under a form; the first value filed under a form is the one found."""
        if self._calm or self._shouted:
            self._look_anew()
        trie = self._tries[0]
        read = spelt(form)
        lemmas = [accented_lemma(word.lower(), self.language) for word in read]
        trie.file(filed_under(read, self.language, exact=exact), lemmas, value)
        if exact:
            keys = ["=" + word if is_acronym(word) else _shout(word) for word in read]
            trie.file(keys, map(str.lower, read), value)

    def over(self, other: Matcher[T]) -> Matcher[T]:
        """Look for this one's forms and the other's in one pass; where both have a form, this one's is found.

        No form is copied, so that it costs nothing; neither of the two is to be added to afterwards.
        """
        return Matcher(self.language, self._tries + other._tries)

    def find(self, text: str) -> tuple[Match[T], ...]:
        """Find the longest matches from left to right, without overlap."""
        pieces = split(text)
        sight = self._shouted if text.isupper() else self._calm
        seen = [*map(sight.__getitem__, pieces[1::2]), _UNKNOWN, _UNKNOWN]
        marks = sight.marks
        starts = zip(seen, seen[1:], seen[2:], strict=False)
        matches: list[Match[T]] = []
        free = done = reached = 0
        for first in [at for at, (one, two, three) in enumerate(starts) if marks[one[0] + two[1]] & three[2]]:
            if first < free:
                continue
            _, _, _, _, nodes, values = seen[first]
            ends = {first: values} if values else {}
            for node in nodes:
                _follow(node, seen, first + 1, ends)
            at = 2 * first + 1
            if not ends or is_glued(pieces, at):
                continue
            last, filed = _longest(pieces, first, ends, brackets=self.language == "en")
            if not filed or (self.language == "fr" and leads_on(pieces, 2 * last + 1)):
                continue
            free = last + 1
            start = reached + len("".join(pieces[done:at]))
            done = 2 * free
            reached = start + len("".join(pieces[at:done]))
            closed = 0 if pieces[done] == " " else closing(pieces, at, done)
            matches.append(Match(start, reached + closed, filed[0], filed[1:]))
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


def _follow(node: _Node[T] | None, seen: Sequence[_Seen[T]], at: int, ends: dict[int, tuple[T, ...]]) -> None:
    """Add the last words of the forms that go on from a node with the word at a place, with what is filed there."""
    while node:
        following = None
        for key in seen[at][3]:
            if (found := node.get(key)) is not None:
                if found.filed:
                    ends.setdefault(at, found.filed)
                if following:
                    _follow(following, seen, at + 1, ends)
                following = found
        node = following
        at += 1


def _longest(
    pieces: Sequence[str], first: int, ends: Mapping[int, tuple[T, ...]], *, brackets: bool
) -> tuple[int, tuple[T, ...]]:
    """The last word of the longest form that no sign parts, and its values; no values if there is none."""
    longest: tuple[int, tuple[T, ...]] = (first, ())
    at, opened = first, False
    for last, filed in sorted(ends.items()) if len(ends) > 1 else ends.items():
        while at < last:
            at += 1
            gap = pieces[2 * at]
            if gap == " ":
                continue
            if elides(pieces, 2 * at - 1):
                gap = gap[1:]
            if opened and gap.startswith(")"):
                opened, gap = False, gap[1:]
            if brackets and not opened and _OPENED.fullmatch(gap):
                opened = True
            elif not _JOINT.fullmatch(gap):
                return longest
        if not opened or pieces[2 * last + 2].startswith(")"):
            longest = (last, filed)
    return longest
