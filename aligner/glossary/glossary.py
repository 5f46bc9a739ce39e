"""A loaded glossary: its terms and the matcher that finds them."""

from __future__ import annotations

import hashlib
from functools import cached_property, reduce
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.glossary.ambiguity import settle, with_rival
from aligner.glossary.load import default_path, load_terms
from aligner.inline_tags import without_tags
from aligner.matching import Matcher, is_acronym, spelt
from aligner.model import Term, TermHit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aligner.inline_tags import Plain
    from aligner.matching import Match


class _Entries:
    """The entries of one file, with what is worked out of them once and shared by the glossaries that have them."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)

    @cached_property
    def matcher(self) -> Matcher[Term]:
        matcher: Matcher[Term] = Matcher("fr", gather=with_rival)
        for term in self.terms:
            for form in (term.source, *term.source_variants):
                matcher.add(form, term, exact=term.case_sensitive)
        return matcher

    @cached_property
    def spellings(self) -> dict[str, str]:
        spellings = {}
        for term in self.terms:
            # Targets too: they are written into the source when a term is enforced.
            for form in (*term.targets, term.source, *term.source_variants):
                if form.islower():
                    continue
                words = spelt(form)
                for word in words:
                    if is_acronym(word) or (len(words) == 1 and word != word.lower()):
                        spellings[word.lower()] = word
        return spellings

    @cached_property
    def sha256(self) -> str:
        fields = "\n".join(repr(term.content) for term in self.terms)
        return hashlib.sha256(fields.encode()).hexdigest()


class Glossary:
    """Terms that translations must respect, of one file or of several in the order of their priority.

    Where two files have the same source, the earlier file's entry is found. Where two entries of one file do, the
    document decides, or one of the `domains` that are preferred, the first one first; see `match_document`.
    """

    def __init__(self, terms: Iterable[Term] = (), names: Iterable[str] = (), domains: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        self.domains = tuple(domains)
        self._files: tuple[_Entries, ...] = (_Entries(terms),)

    @classmethod
    def load(
        cls, *paths: Path | str, domains: Iterable[str] = (), tell: Callable[[str], object] | None = None
    ) -> Glossary:
        """Load glossary files, the first one first; without paths, the glossary that is installed with the package.

        `tell` is called with a line for each warning that something is not read as it may be meant. Raises
        GlossaryError that names the file, the line and the remedy for what cannot be read.
        """
        loaded = [cls(load_terms(path, tell), [Path(path).name]) for path in paths or (default_path(),)]
        glossary = reduce(Glossary.over, loaded)
        glossary.domains = tuple(domains)
        return glossary

    def over(self, other: Glossary) -> Glossary:
        """Put this glossary before another, as one that lies beside a document goes before the run's.

        Of terms that begin together the longest is found, whichever file it is of; of entries for the same words, the
        one of the earlier file. What was worked out for either is shared, so that this takes no time.
        """
        both = Glossary(names=self.names + other.names, domains=dict.fromkeys(self.domains + other.domains))
        both._files = self._files + other._files
        return both

    def __len__(self) -> int:
        return sum(len(file.terms) for file in self._files)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All entries, in order."""
        return tuple(chain.from_iterable(file.terms for file in self._files))

    def match(self, text: str) -> tuple[TermHit, ...]:
        """Find the terms in a French text: the longest first, from left to right, without overlap.

        >>> glossary = Glossary([Term("équipe provinciale de reconstruction", "Provincial Reconstruction Team")])
        >>> [(hit.start, hit.end) for hit in glossary.match("d’équipes provinciales de reconstruction")]
        [(2, 40)]
        """
        return self.match_document([text])[0]

    def match_document(self, texts: Sequence[str]) -> list[tuple[TermHit, ...]]:
        """Find the terms in the texts of a document, in order; the same words mean the same entry in all of them.

        What several entries of one file have as their source is settled by the document (`ambiguity.settle`). Where
        that does not tell, the first of those that remain is taken, and the hit's `alternatives` are the others. Inline
        tags part no words, and what is code has no terms.
        """
        plain = [*map(without_tags, texts)]
        find = self._matcher.find
        found = [find(one.text) for one in plain]
        settled = settle([one.text for one in plain], found, self.domains)
        return [_hits(one, matches, settled) for one, matches in zip(plain, found, strict=True)]

    @cached_property
    def _matcher(self) -> Matcher[Term]:
        return reduce(Matcher.over, [file.matcher for file in self._files])

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Words that keep capitals wherever they stand (acronyms, names), by their lower-case form."""
        return reduce(lambda earlier, later: later | earlier, [file.spellings for file in self._files])

    @cached_property
    def sha256(self) -> str:
        """A hash of what bears on translations: entries, files and preferred domains, in order, but no names."""
        parts = [file.sha256 for file in self._files if file.terms]
        return hashlib.sha256(repr((parts, self.domains)).encode()).hexdigest()


def _hits(
    plain: Plain, found: Sequence[Match[Term]], settled: Mapping[tuple[Term, ...], tuple[Term, ...]]
) -> tuple[TermHit, ...]:
    """Say what was found in a plain text, and where in the text with its tags."""
    if not plain.tags and not settled:
        return tuple([TermHit(term, start, end) for start, end, term, _ in found])
    hits = []
    for start, end, term, others in found:
        if plain.tags and plain.is_literal(start, end):
            continue
        span = plain.outside(start, end) if plain.tags else (start, end)
        if others:
            first, *alternatives = settled[term, *others]
            hits.append(TermHit(first, *span, tuple(alternatives)))
        else:
            hits.append(TermHit(term, *span))
    return tuple(hits)
