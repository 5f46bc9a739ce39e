"""Find what makes a glossary unreliable before it is used: one small function a rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aligner.matching import Matcher, form_key, is_acronym, words
from aligner.model import Severity, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

#: Words too common to be terms on their own: they would be found in every sentence.
STOP_WORDS = frozenset(
    "à alors au aux avec ce ces cette comme d dans de des donc du elle en est et il ils je l la le les leur leurs lui "
    "mais n ne nous on ont ou où par pas plus pour qu que qui s sa se ses si son sont sur un une vous y".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an entry; `origin` is `file:line`."""

    origin: str
    rule: str
    severity: Severity
    message: str


def lint(terms: Sequence[Term]) -> tuple[Finding, ...]:
    """Check a glossary's entries; findings come in the order of the entries."""
    order = {term.origin: position for position, term in enumerate(terms)}
    findings = [finding for rule in RULES for finding in rule(terms)]
    return tuple(sorted(findings, key=lambda finding: order[finding.origin]))


def duplicates(terms: Sequence[Term]) -> Iterator[Finding]:
    """Entries that repeat an earlier source, with its target or against it."""
    for group in _by_source(terms).values():
        first = group[0]
        for term in group[1:]:
            if term.target == first.target:
                message = f"{term.source!r} is in {first.origin} already"
                yield Finding(term.origin, "duplicate", Severity.WARNING, message)
            else:
                message = f"{term.source!r} → {term.target!r} never applies: {first.origin} has → {first.target!r}"
                yield Finding(term.origin, "conflict", Severity.ERROR, message)


def shadowed_variants(terms: Sequence[Term]) -> Iterator[Finding]:
    """Variants that are another entry's source or variant, so that only the first of the two is found."""
    owners: dict[tuple[str, ...], Term] = {}
    for term in terms:
        for form in (term.source, *term.source_variants):
            owner = owners.setdefault(_key(form, term), term)
            if owner is not term and (form != term.source or form in owner.source_variants):
                message = f"{form!r} belongs to {owner.source!r} in {owner.origin} already"
                yield Finding(term.origin, "shadowed-variant", Severity.ERROR, message)
            elif owner is term and form != term.source and _key(form, term) == _key(term.source, term):
                message = f"variant {form!r} is found as {term.source!r} is; it can be left out"
                yield Finding(term.origin, "idle-variant", Severity.INFO, message)


def too_common(terms: Sequence[Term]) -> Iterator[Finding]:
    """Sources of one letter or one stop word."""
    for term in terms:
        for form in (term.source, *term.source_variants):
            if len(form) == 1 or (form.lower() in STOP_WORDS and not is_acronym(form)):
                message = f"{form!r} is too common to be a term"
                yield Finding(term.origin, "too-common", Severity.ERROR, message)


def never_matches(terms: Sequence[Term]) -> Iterator[Finding]:
    """Sources that the matcher cannot find even in themselves."""
    for term in terms:
        matcher: Matcher[Term] = Matcher("fr")
        matcher.add(term.source, term, exact=term.case_sensitive)
        if not any(match.end - match.start == len(term.source.strip()) for match in matcher.find(term.source)):
            reason = "has no word in it" if not words(term.source, "fr") else "has signs that part it"
            yield Finding(term.origin, "never-matches", Severity.ERROR, f"{term.source!r} {reason}")


def target_is_source(terms: Sequence[Term]) -> Iterator[Finding]:
    """Targets equal to their source, unless both are an acronym or a name."""
    for term in terms:
        if term.source == term.target and not (is_acronym(term.source) or term.source[:1].isupper()):
            message = f"{term.source!r} is its own target"
            yield Finding(term.origin, "target-is-source", Severity.WARNING, message)


def forbidden_targets(terms: Sequence[Term]) -> Iterator[Finding]:
    """Targets that the same entry forbids."""
    for term in terms:
        for form in term.forbidden:
            if form in term.targets:
                message = f"{form!r} is both target and forbidden"
                yield Finding(term.origin, "forbidden-target", Severity.ERROR, message)


def damaged(terms: Sequence[Term]) -> Iterator[Finding]:
    """Traces of a wrong decoding, and blanks that do not show."""
    for term in terms:
        for form in (term.source, *term.source_variants, *term.targets, *term.forbidden):
            if "\ufffd" in form or any(trace in form for trace in ("Ã©", "Ã¨", "â€™", "Ã ")):
                message = f"{form!r} was decoded wrongly; save the file as UTF-8"
                yield Finding(term.origin, "encoding", Severity.ERROR, message)
            if "  " in form or any(char in form for char in "\xa0\u202f\u200b\xad\t\n"):
                message = f"{form!r} has a double or invisible blank"
                yield Finding(term.origin, "blank", Severity.WARNING, message)


RULES: tuple[Callable[[Sequence[Term]], Iterable[Finding]], ...] = (
    duplicates,
    shadowed_variants,
    too_common,
    never_matches,
    target_is_source,
    forbidden_targets,
    damaged,
)


def _by_source(terms: Sequence[Term]) -> dict[tuple[str, ...], list[Term]]:
    groups: defaultdict[tuple[str, ...], list[Term]] = defaultdict(list)
    for term in terms:
        groups[_key(term.source, term)].append(term)
    return groups


def _key(form: str, term: Term) -> tuple[str, ...]:
    return form_key(form, "fr", exact=term.case_sensitive)
