"""Find what makes a glossary unreliable before it is used: one small function a rule."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from aligner.glossary.damage import cleaned, is_garbled, repaired
from aligner.glossary.findings import Finding
from aligner.glossary.glossary import Glossary
from aligner.matching import Matcher, form_key, is_acronym, words
from aligner.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aligner.matching import Match, Word
    from aligner.model import Term, TermHit

    Found = TypeVar("Found", TermHit, Match[str])

#: Words too common to be terms on their own: they would be found in every sentence.
STOP_WORDS = frozenset(
    "à alors au aux avec ce ces cette comme d dans de des donc du elle en est et il ici ils je l la le les leur leurs "
    "lui mais n ne nous on ont ou où par pas plus pour qu que qui s sa se ses si son sont sur un une vous y "
    "aussi autre autres avoir car cet chez dont entre être fait jusqu lorsqu même mêmes ni peut puisqu quoi sans selon "
    "sera sous toute toutes tous tout très vers était été".split()
)
#: What stands between forms where people forget that `|` does.
_PARTED = re.compile(r"[;|\r\n]| / ")
#: In letters; longer words in capitals are ordinary ones.
LONGEST_ACRONYM = 5
#: Marks in a cell that wants words.
_TICKS = frozenset("x ✓ ✔ ☑ oui yes vrai true".split())


def lint(terms: Sequence[Term], read: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """Check a file's entries; what reading it found is put among the findings, which come by line."""
    findings = [*read, *(finding for rule in RULES for finding in rule(terms))]
    return tuple(sorted(findings, key=lambda finding: finding.line))


def same_sources(terms: Sequence[Term]) -> Iterator[Finding]:
    """Entries that repeat an earlier source, with its target, with another, or with one of another field."""
    groups: defaultdict[tuple[str, ...], list[Term]] = defaultdict(list)
    for term in terms:
        key = _key(term.source, term)
        earlier = groups[key]
        if earlier and key:  # what has no words is another rule's
            twin = next((other for other in earlier if other.target == term.target), None)
            if twin is not None:
                message = f"{term.source!r} → {term.target!r} is in {twin.origin} already"
                yield Finding(term.origin, "duplicate", Severity.WARNING, message)
            elif any(_ambiguous(term.source, term, other) for other in earlier):
                yield _choice(term.source, term, earlier[0])
            else:
                first = earlier[0]
                message = f"{term.source!r} → {term.target!r} contradicts {first.origin}, which has → {first.target!r}"
                capitals = term.source != first.source and term.source.casefold() == first.source.casefold()
                remedy = "delete one, or make it a variant" + (", or both case_sensitive" if capitals else "")
                yield Finding(term.origin, "conflict", Severity.ERROR, message, remedy)
        earlier.append(term)


def case_clashes(terms: Sequence[Term]) -> Iterator[Finding]:
    """Sources that only capitals tell apart, with targets that more than capitals tell apart."""
    seen: dict[str, Term] = {}
    for term in terms:
        first = seen.setdefault(term.source.casefold(), term)
        apart = term.source != first.source and _key(term.source, term) != _key(first.source, first)
        if apart and term.target.casefold() != first.target.casefold():
            message = (
                f"only capitals tell {term.source!r} → {term.target!r} from {first.source!r} → {first.target!r} in "
                f"{first.origin}; headings in capitals cannot"
            )
            yield Finding(term.origin, "case-clash", Severity.WARNING, message)


def shadowed_variants(terms: Sequence[Term]) -> Iterator[Finding]:
    """Variants that are another entry's source or variant, so that only the first of the two is found."""
    owners: dict[tuple[str, ...], tuple[Term, str]] = {}
    for term in terms:
        for form in (term.source, *term.source_variants):
            key = _key(form, term)
            owner, owned = owners.setdefault(key, (term, form))
            if owner is term or not key or (form == term.source and owned == owner.source):
                continue
            if _ambiguous(form, term, owner):
                yield _choice(form, term, owner)
            else:
                message = f"{form!r} belongs to {owner.source!r} in {owner.origin} already"
                severity = Severity.WARNING if term.target == owner.target else Severity.ERROR
                yield Finding(term.origin, "shadowed-variant", severity, message, "leave it in one entry")


def idle(terms: Sequence[Term]) -> Iterator[Finding]:
    """Variants that make no difference."""
    for term in terms:
        sources = [term.source_variants[place] for place in idle_variants(term)]
        targets = [term.target_variants[place] for place in idle_target_variants(term)]
        for form in (*sources, *targets):
            message = f"the variant {form!r} makes no difference; it can be left out"
            yield Finding(term.origin, "idle-variant", Severity.INFO, message)


def idle_variants(term: Term) -> tuple[int, ...]:
    """Which source variants are found as the source, or as a variant before them, is.

    >>> from aligner.model import Term
    >>> idle_variants(Term("équipe", "team", ("groupe", "équipes")))
    (1,)
    """
    if not term.source_variants:
        return ()
    keys = _keys(term)
    return tuple(place for place, key in enumerate(keys[1:]) if key and key in keys[: place + 1])


def idle_target_variants(term: Term) -> tuple[int, ...]:
    """Which target variants are the target, or a variant before them."""
    return tuple(place for place, form in enumerate(term.target_variants) if form in term.targets[: place + 1])


def too_common(terms: Sequence[Term]) -> Iterator[Finding]:
    """Sources of one letter or of stop words only, and acronyms that are one in a heading's capitals."""
    for term in terms:
        for form in (term.source, *term.source_variants):
            parts = re.split(r"[\s’'-]+", form.lower().strip("’'"))
            if len(form) > 1 and not STOP_WORDS.issuperset(parts):
                continue
            if is_acronym(form):
                message = f"{form!r} is a common word, which headings have in capitals too"
                yield Finding(term.origin, "common-acronym", Severity.WARNING, message)
            else:
                message = f"{form!r} is too common to be a term"
                severity = Severity.WARNING if len(parts) > 1 else Severity.ERROR
                yield Finding(term.origin, "too-common", severity, message, "delete it, or lengthen it")


def in_capitals(terms: Sequence[Term]) -> Iterator[Finding]:
    """Phrases that are filed in capitals, as if each of their words were an acronym; texts have them otherwise."""
    for term in terms:
        for form in (term.source, *term.source_variants):
            if term.case_sensitive or not form.isupper():
                continue
            parts = re.split(r"[\s’'-]+", form)
            long = any(sum(map(str.isalpha, part)) > LONGEST_ACRONYM for part in parts)
            # Those at the ends may be letters, as in "PLAN D", and those beside a hyphen acronyms, as in "CE-ONU".
            linked = not STOP_WORDS.isdisjoint(re.split(r"[\s’']+", form.lower())[1:-1])
            if len(parts) > 1 and (long or linked):
                message = f"{form!r} is found in capitals only"
                remedy = "write it as in running text, or say case_sensitive"
                yield Finding(term.origin, "capitals", Severity.WARNING, message, remedy)


def never_matches(terms: Sequence[Term]) -> Iterator[Finding]:
    """Forms that are not found even in themselves: they have no words, or another entry's source always wins.

    A target that is not found is not seen in any translation, and put there for nothing.
    """
    glossary = Glossary(terms)
    english: Matcher[str] = Matcher("en")
    for form in dict.fromkeys(form for term in terms for form in term.targets):
        english.add(form, form)
    for term in terms:
        for form in (term.source, *term.source_variants):
            read = words(form, "fr")
            whole = _whole(read, glossary.match(form))
            if not whole:
                yield _unfound(repr(form), read, term)
                continue
            other = whole[0].term
            if term in (other, *whole[0].alternatives) or _key(form, term) in _keys(other):
                continue  # it is found, or another rule says why not
            message = f"{form!r} is always found as {other.source!r} in {other.origin}"
            yield Finding(term.origin, "never-matches", Severity.ERROR, message)
        for form in () if term.do_not_translate else dict.fromkeys(term.targets):
            read = words(form, "en")
            if not _whole(read, english.find(form)):
                yield _unfound(f"the target {form!r}", read, term)


def target_is_source(terms: Sequence[Term]) -> Iterator[Finding]:
    """Targets equal to their source, unless both are an acronym or a name, or that is what they are for."""
    for term in terms:
        named = is_acronym(term.source) or term.source[:1].isupper()
        if term.source == term.target and not (named or term.do_not_translate):
            message = f"{term.source!r} is its own target"
            remedy = "if it is not to be translated, say do_not_translate"
            yield Finding(term.origin, "target-is-source", Severity.WARNING, message, remedy)


def forbidden_targets(terms: Sequence[Term]) -> Iterator[Finding]:
    """Targets that the same entry forbids, and ticks where forbidden wordings should stand."""
    for term in terms:
        for form in term.forbidden:
            if form in term.targets:
                message = f"{form!r} is both target and forbidden"
                yield Finding(term.origin, "forbidden-target", Severity.ERROR, message)
            elif form.lower() in _TICKS:
                message = f"forbidden is {form!r}, and the entry is used all the same"
                remedy = "delete the entry, or write there which English wordings are forbidden"
                yield Finding(term.origin, "ticked-forbidden", Severity.ERROR, message, remedy)


def several_forms(terms: Sequence[Term]) -> Iterator[Finding]:
    """Forms that seem to be several, of which each translation would have all."""
    for term in terms:
        for form in dict.fromkeys((term.source, *term.source_variants, *term.targets, *term.forbidden)):
            if found := _PARTED.search(form):
                message = f"{form!r} is read as one form"
                sign = found[0].strip() or "the line break"
                remedy = f"if {sign} parts two, put the second among the variants, which | parts"
                yield Finding(term.origin, "several-forms", Severity.WARNING, message, remedy)


def damaged(terms: Sequence[Term]) -> Iterator[Finding]:
    """Text that was decoded wrongly, and blanks that do not show."""
    for term in terms:
        forms = (term.source, *term.source_variants, *term.targets, *term.forbidden)
        for text in dict.fromkeys((*forms, term.domain, term.note)):
            if is_garbled(text):
                remedy = f"write {repair!r}" if (repair := repaired(text)) else "save the file as UTF-8"
                message = f"{text!r} was decoded wrongly"
                yield Finding(term.origin, "encoding", Severity.ERROR, message, remedy)
        for form in dict.fromkeys(forms):
            if cleaned(form) != form:
                message = f"{form!r} has a double or invisible blank"
                yield Finding(term.origin, "blank", Severity.WARNING, message)


RULES: tuple[Callable[[Sequence[Term]], Iterable[Finding]], ...] = (
    same_sources,
    case_clashes,
    shadowed_variants,
    idle,
    too_common,
    in_capitals,
    never_matches,
    target_is_source,
    forbidden_targets,
    several_forms,
    damaged,
)


def _ambiguous(form: str, one: Term, other: Term) -> bool:
    """Tell whether a form may mean either of two entries: an acronym with two long forms, or a term of two fields."""
    apart = one.target.casefold() != other.target.casefold()
    return apart and (is_acronym(form) or (one.domain != other.domain and bool(one.domain and other.domain)))


def _choice(form: str, term: Term, other: Term) -> Finding:
    domain = ", then the domain" if term.domain != other.domain else ""
    message = (
        f"{form!r} is → {term.target!r} here and → {other.target!r} in {other.origin}; the long form that a document "
        f"introduces decides{domain}"
    )
    return Finding(term.origin, "ambiguous", Severity.WARNING, message)


def _whole(read: Sequence[Word], found: Iterable[Found]) -> list[Found]:
    """What is found from the first word of a form to its last one."""
    return [one for one in found if read and one.start <= read[0].start and one.end >= read[-1].end]


def _unfound(form: str, read: Sequence[Word], term: Term) -> Finding:
    reason = "has signs that part it" if read else "has no word in it"
    return Finding(term.origin, "never-matches", Severity.ERROR, f"{form} {reason}")


def _keys(term: Term) -> tuple[tuple[str, ...], ...]:
    return tuple(_key(form, term) for form in (term.source, *term.source_variants))


def _key(form: str, term: Term) -> tuple[str, ...]:
    return form_key(form, "fr", exact=term.case_sensitive)
