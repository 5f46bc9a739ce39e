"""A loaded glossary: its terms and the matcher that finds them."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.glossary.load import default_path, load_terms
from aligner.matching import Matcher, is_acronym, words
from aligner.model import Term, TermHit

if TYPE_CHECKING:
    from collections.abc import Iterable


class Glossary:
    """Terms that translations must respect. Where two entries share a source, the first one wins."""

    def __init__(self, terms: Iterable[Term] = (), names: Iterable[str] = ()) -> None:
        self.terms = tuple(terms)
        self.names = tuple(names)

    @classmethod
    def load(cls, *paths: Path | str) -> Glossary:
        """Load glossary files, the first one first; without paths, the glossary that is installed with the package.

        Raises GlossaryError that names the file, the line and the remedy for what cannot be read.
        """
        chosen = paths or (default_path(),)
        return cls((term for path in chosen for term in load_terms(path)), (Path(path).name for path in chosen))

    def __len__(self) -> int:
        return len(self.terms)

    def match(self, text: str) -> tuple[TermHit, ...]:
        """Find the terms in a French text: the longest first, from left to right, without overlap.

        >>> glossary = Glossary([Term("équipe provinciale de reconstruction", "Provincial Reconstruction Team")])
        >>> [(hit.start, hit.end) for hit in glossary.match("d’équipes provinciales de reconstruction")]
        [(2, 40)]
        """
        return tuple(TermHit(match.value, match.start, match.end) for match in self._matcher.find(text))

    @cached_property
    def _matcher(self) -> Matcher[Term]:
        matcher: Matcher[Term] = Matcher("fr")
        for term in self.terms:
            for form in (term.source, *term.source_variants):
                matcher.add(form, term, exact=term.case_sensitive)
        return matcher

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Words that keep capitals wherever they stand (acronyms, names), by their lower-case form."""
        # Targets too: they are written into the source when a term is enforced.
        read = [words(target, "en") for term in self.terms for target in term.targets]
        read += [words(form, "fr") for term in self.terms for form in (term.source, *term.source_variants)]
        return {
            word.lower: word.exact
            for form in read
            for word in form
            if is_acronym(word.exact) or (len(form) == 1 and word.exact != word.lower)
        }

    @cached_property
    def sha256(self) -> str:
        """A hash of the terms, the same for the same entries in the same order."""
        fields = "\n".join(repr(_content(term)) for term in self.terms)
        return hashlib.sha256(fields.encode()).hexdigest()


def _content(term: Term) -> tuple[object, ...]:
    """What of a term bears on translations; where it was read from does not."""
    return (
        term.source,
        term.target,
        term.source_variants,
        term.target_variants,
        term.case_sensitive,
        term.pos,
        term.forbidden,
        term.domain,
    )
