"""Find forms of terms in running text, in either language.

Both text and terms are read as words (`words.py`). Two words are equal when their spelling is, or their lemma; spaces,
no-break spaces and hyphens between words are equal, apostrophes are equal, soft hyphens do not exist, an elided article
is a word of its own (l’OTAN), and dots inside an acronym are ignored (O.T.A.N.). Nothing matches inside a longer word,
a URL or an e-mail address. Of forms that overlap, the one that begins first is found, and of those that begin together
the longest.

A text is read chunk by chunk, from one space to the next: no word, URL or address reaches over a space, and most
chunks have been read before, so that a look-up in a table stands for tokenising, lemmatising and the first step.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from aligner.words import (
    REMEMBERED,
    URL_OR_EMAIL,
    Language,
    Word,
    form_key,
    is_acronym,
    lemma,
    scan,
    spelt,
    without_accents,
    word_keys,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

__all__ = ["URL_OR_EMAIL", "Language", "Match", "Matcher", "Word", "form_key", "is_acronym", "lemma", "spelt", "words"]

T = TypeVar("T")

#: What may stand between two words of a term besides blanks: one sign, such as a hyphen or a quote, or a possessive.
_JOINT = re.compile(r"\xad*\s*(?:[-‐‑–/’'.&«»“”\"]|[’']s)?\s*")
_CLOSING_QUOTE = {"«": re.compile(r"\s*»"), "“": re.compile(r"\s*”")}
#: In English, where targets are looked for, a bracket may be opened between two words if it is closed right after a
#: later one: "European Union (EU)". In French it would part what the document says from what it adds.
_OPENED = re.compile(r"\s*\(")
#: A lower-case prefix glued to a lower-case word makes another word of it: "vice-ministre" is no "ministre".
_GLUED = re.compile(r"[^\W\d_][-‐‑]$")


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
    """Forms by the keys of their words, and all the keys there are."""

    root: _Node[T] = field(default_factory=_Node)
    keys: set[str] = field(default_factory=set)

    def file(self, keys: Sequence[str], value: T) -> None:
        self.keys.update(keys)
        node = self.root
        for key in keys:
            following = node.get(key)
            if following is None:
                following = node[key] = _Node()
            node = following
        if keys and value not in node.filed:
            node.filed += (value,)


class _Start(NamedTuple, Generic[T]):
    """A word as tries see it: those of its keys that are in any form, and what begins with it.

    `nodes` are what the keys lead to, `values` belong to the word alone, `leads` are the keys that may come next.
    """

    keys: tuple[str, ...] = ()
    nodes: tuple[_Node[T], ...] = ()
    values: tuple[T, ...] = ()
    leads: Set[str] = frozenset()


@dataclass(slots=True)
class _Seen(Generic[T]):
    """A word of a chunk with its `_Start`, flat, since every word of a text is asked for it."""

    start: int
    end: int
    keys: tuple[str, ...] = ()
    nodes: tuple[_Node[T], ...] = ()
    values: tuple[T, ...] = ()
    leads: Set[str] = frozenset()


#: A word that is in no form, and a chunk that has one such word and no other: most of a text.
_UNKNOWN: _Seen[Any] = _Seen(0, 0)
_UNKNOWN_ALONE = (_UNKNOWN,)


class _Sight(dict[str, tuple[_Seen[T], ...]]):
    """Chunks as tries see them, each looked at once. Among capitals (`shouted`), case tells nothing."""

    def __init__(self, tries: Sequence[_Trie[T]], language: Language, remembered: int, *, shouted: bool) -> None:
        super().__init__()
        self._tries, self._language, self._remembered, self._shouted = tries, language, remembered, shouted
        self._starts: dict[str, _Start[T] | None] = {}

    def __missing__(self, chunk: str) -> tuple[_Seen[T], ...]:
        if len(self) >= self._remembered:
            self.clear()
        seen = tuple([self._see(chunk, *scanned) for scanned in scan(chunk)])
        self[chunk] = seen = _UNKNOWN_ALONE if len(seen) == 1 and seen[0] is _UNKNOWN else seen
        return seen

    def clear(self) -> None:
        super().clear()
        self._starts.clear()

    def _see(self, chunk: str, start: int, end: int, exact: str) -> _Seen[T]:
        if exact not in self._starts:
            self._starts[exact] = self._start(exact)
        found = self._starts[exact]
        if found is None:
            return _UNKNOWN
        if start > 0 and exact.islower() and _GLUED.search(chunk, max(0, start - 2), start):
            return _Seen(start, end, found.keys)
        return _Seen(start, end, *found)

    def _start(self, exact: str) -> _Start[T] | None:
        keys = word_keys(exact, self._language)
        keys = (*keys, _shout(exact)) if self._shouted else keys
        known = tuple(dict.fromkeys([key for key in keys for trie in self._tries if key in trie.keys]))
        if not known:
            return None
        nodes = tuple([trie.root[key] for trie in self._tries for key in known if key in trie.root])
        values = next((node.filed for node in nodes if node.filed), ())
        leads = nodes[0].keys() if len(nodes) == 1 else set().union(*nodes)
        return _Start(known, nodes, values, leads)


class Matcher(Generic[T]):
    """Forms of terms, filed so that all of them are looked for in one pass (a trie of words).

    A form that is an acronym, or that is added with `exact`, matches in its own case only; any other matches in
    every case and inflection. In a text that is all in capitals, which tell nothing there, `exact` forms match too,
    while acronyms that are not (PfP) do not. It remembers so many chunks of text; where there are many matchers, few.
    """

    def __init__(self, language: Language, tries: tuple[_Trie[T], ...] = (), *, remembered: int = REMEMBERED) -> None:
        self.language: Language = language
        self._tries = tries or (_Trie(),)
        self._calm = _Sight(self._tries, language, remembered, shouted=False)
        self._shouted = _Sight(self._tries, language, remembered, shouted=True)

    def add(self, form: str, value: T, *, exact: bool = False) -> None:
        """File a value under a form; the first value filed under a form is the one found."""
        self._calm.clear()
        self._shouted.clear()
        trie = self._tries[0]
        trie.file(form_key(form, self.language, exact=exact), value)
        if exact:
            trie.file(["=" + word if is_acronym(word) else _shout(word) for word in spelt(form)], value)

    def over(self, other: Matcher[T]) -> Matcher[T]:
        """Look for this one's forms and the other's in one pass; where both have a form, this one's is found.

        No form is copied, so that it costs nothing; neither of the two is to be added to afterwards.
        """
        return Matcher(self.language, self._tries + other._tries)

    def find(self, text: str) -> tuple[Match[T], ...]:
        """Find the longest matches from left to right, without overlap."""
        chunks = text.split(" ")
        sight = self._shouted if text.isupper() else self._calm
        read = list(map(sight.__getitem__, chunks))
        seen = [*chain.from_iterable(read), _UNKNOWN]
        firsts = [
            at
            for at, (word, following) in enumerate(pairwise(seen))
            if word.values or (word.leads and not word.leads.isdisjoint(following.keys))
        ]
        matches: list[Match[T]] = []
        places: _Places | None = None
        free = 0
        for first in firsts:
            if first < free or not (ends := _ends(seen, first)):
                continue
            places = places or _Places(text, chunks, read, seen, brackets=self.language == "en")
            start, end, last, values = places.joined(first, ends)
            if values:
                free = last + 1
                matches.append(Match(start, end, values[0], values[1:]))
        return tuple(matches)


def _shout(exact: str) -> str:
    """The key of a word that has lost its case, and may have lost its accents, among capitals."""
    return "^" + without_accents(exact.lower())


def _ends(seen: Sequence[_Seen[T]], first: int) -> list[tuple[int, tuple[T, ...]]]:
    """The last words of the forms that begin with the word `first`, with their values, the shortest form first."""
    word = seen[first]
    ends = [(first, word.values)] if word.values else []
    nodes: Sequence[_Node[T]] = word.nodes
    at = first
    while nodes:
        at += 1
        keys = seen[at].keys
        nodes = [node[key] for node in nodes for key in keys if key in node]
        for node in nodes:
            if node.filed:
                ends.append((at, node.filed))
                break
    return ends


class _Places:
    """Where the words of a text stand: worked out only where a match may be."""

    def __init__(
        self,
        text: str,
        chunks: Sequence[str],
        read: Sequence[tuple[_Seen[Any], ...]],
        seen: Sequence[_Seen[Any]],
        *,
        brackets: bool,
    ) -> None:
        self._text, self._seen, self._brackets = text, seen, brackets
        self._lengths = list(accumulate(map(len, chunks), initial=0))
        self._counts = list(accumulate(map(len, read)))
        self._quoted = "«" in text or "“" in text

    def joined(self, first: int, ends: Sequence[tuple[int, tuple[T, ...]]]) -> tuple[int, int, int, tuple[T, ...]]:
        """Where the longest form stands that no sign parts: start, end, last word and values; no values if none is."""
        start, reached = self._place(first)
        longest: tuple[int, int, tuple[T, ...]] = (reached, first, ())
        at, opened = first, False
        for last, values in ends:
            while at < last:
                at += 1
                next_start, next_end = self._place(at)
                gap = self._text[reached:next_start]
                if gap != " ":
                    if opened and gap.startswith(")"):
                        opened, gap = False, gap[1:]
                    if self._brackets and not opened and _OPENED.fullmatch(gap):
                        opened = True
                    elif not _JOINT.fullmatch(gap):
                        return start, *longest
                reached = next_end
            if opened:
                if self._text.startswith(")", reached):
                    longest = (reached + 1, last, values)
                continue
            longest = (_with_closing_quote(self._text, start, reached) if self._quoted else reached, last, values)
        return start, *longest

    def _place(self, at: int) -> tuple[int, int]:
        chunk = bisect_right(self._counts, at)
        base = self._lengths[chunk] + chunk
        word = self._seen[at]
        return base + word.start, base + word.end


def _with_closing_quote(text: str, start: int, end: int) -> int:
    """Where a match ends when the quote that was opened inside of it is closed right after it."""
    for opening, closing in _CLOSING_QUOTE.items():
        if text.find(opening, start, end) >= 0 and (after := closing.match(text, end)):
            return after.end()
    return end
