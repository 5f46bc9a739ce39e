"""Steps that write targets over words of a translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.enforce.attention import balanced, strongest, units
from aligner.enforce.candidate import Step, with_targets
from aligner.enforce.places import aligned_place, alike_place, bare, beside, is_free, put
from aligner.enforce.targets import as_filed, fitted
from aligner.matching import forms_matcher
from aligner.model import TermStatus
from aligner.words import is_initials, is_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aligner.enforce.candidate import Candidate, Means
    from aligner.matching import Matcher


def substitute(candidates: Sequence[Candidate], means: Means) -> None:
    """Replace what stands for unmet terms: what is surely wrong, then what the model says or said for them."""
    if Step.KNOWN in means.steps:
        for one in candidates:
            _replace_known(one)
            one.settle(TermStatus.SUBSTITUTED)
    if Step.RENDERED in means.steps:
        _replace_rendered(candidates, means)
    if Step.ALIGNED in means.steps:
        _replace_aligned(candidates, means)


def _replace_known(one: Candidate) -> None:
    """Replace what is surely wrong for an unmet term: the term itself, a forbidden target, the whole draft."""
    source = one.request.source
    for at in one.unmet():
        hit = one.request.hits[at]
        if not any(map(str.isalnum, source[: hit.start] + source[hit.end :])):
            one.replace("term-whole", 0, len(one.text), with_targets(one.request, [at]))
            return
        copies = forms_matcher("fr", (hit.term.source, *hit.term.source_variants), exact=hit.term.case_sensitive)
        banned = forms_matcher("en", hit.term.forbidden)
        if not _replace_first(one, at, "term-copied", copies, unless=_is_english):
            _replace_first(one, at, "term-forbidden", banned)


def _replace_rendered(candidates: Sequence[Candidate], means: Means) -> None:
    """Replace what the model says for an unmet term when it is shown nothing else."""
    waiting = [(one, at) for one in candidates if one.text and not one.request.by_rule for at in one.unmet()]
    texts = [one.request.source[slice(*one.request.span(at))] for one, at in waiting]
    said = means.translator.translate(texts, spellings=means.spellings)
    for (one, at), alone in zip(waiting, said, strict=True):
        form = bare(alone.text)
        if form:
            _replace_first(one, at, "term-rendered", forms_matcher("en", (form,)))
    for one in candidates:
        one.settle(TermStatus.SUBSTITUTED)


def _is_english(text: str) -> bool:
    """Tell whether what looks like a French term left as it was may be an English word: but, main, pays."""
    return text.islower() and is_word(text, "en")


def _replace_first(
    one: Candidate, at: int, rule: str, matcher: Matcher[str], unless: Callable[[str], bool] | None = None
) -> bool:
    """Write a hit's target over the first match that is not a met term."""
    taken = one.taken()
    for match in matcher.find(one.text):
        if unless is not None and unless(one.text[match.start : match.end]):
            continue
        if is_free(match.start, match.end, taken):
            one.put(rule, match.start, match.end, one.request.hits[at])
            return True
    return False


def _replace_aligned(candidates: Sequence[Candidate], means: Means) -> None:
    """Replace the words that the model said while it looked at unmet terms."""
    waiting = [one for one in candidates if one.unmet() and one.text and not one.request.by_rule]
    read = [units(one.request.source) for one in waiting]
    looks = means.translator.look(
        [one.request.source for one in waiting], [one.text for one in waiting], read, spellings=means.spellings
    )
    for one, spans, looked in zip(waiting, read, looks, strict=True):
        unmet, taken = one.unmet(), one.taken()
        places = []
        focus = strongest(balanced(looked, spans, [one.request.span(at) for at in unmet]))
        for at, of_hit in zip(unmet, focus, strict=True):
            place = aligned_place(one.text, of_hit, one.request.source, one.request.hits[at], taken)
            if place is not None:
                places.append((place, at))
                taken.append(place)
        # From the right, so that the places to the left stay where they are.
        for place, at in sorted(places, reverse=True):
            one.put("term-aligned", *place, one.request.hits[at], [other for other, _ in places if other < place])
        one.settle(TermStatus.SUBSTITUTED)


def replace_located(one: Candidate) -> None:
    """Replace the words that look like failed attempts at the terms that are still unmet."""
    for at in one.unmet():
        hit = one.request.hits[at]
        found = one.request.source[hit.start : hit.end]
        models = (fitted(one.request.source, hit), *(() if _is_english(found) else (found,)))
        place = alike_place(one.text, models, one.taken())
        if place is not None:
            one.put("term-located", *place, hit)
    one.settle(TermStatus.SUBSTITUTED)


def drop_copies(one: Candidate) -> None:
    """Take out a French acronym that was left beside the English one that it stands for: "(FIAS) ISAF".

    What the source says once more than it has hits, or has in English too, stays, and so does what is an English word.
    """
    unmet = {one.request.hits[at].term for at in one.unmet()}
    for at, hit in enumerate(one.request.hits):
        span = one.spans()[at]
        english = one.text[slice(*span)] if span else ""
        if not span or not is_initials(english) or english in one.request.source or hit.term in unmet:
            continue
        forms = {hit.term.source, *hit.term.source_variants}.difference(hit.term.targets)
        acronyms = tuple(sorted(form for form in forms if is_initials(form) and not is_word(form.lower(), "en")))
        matcher = forms_matcher("fr", acronyms, exact=True)
        if len(matcher.find(one.request.source)) > sum(other.term == hit.term for other in one.request.hits):
            continue
        for match in matcher.find(one.text):
            both = beside(one.text, match.start, match.end, span)
            if both is not None and is_free(match.start, match.end, one.taken()):
                one.replace("term-doubled", *put(one.text, *both, english, one.taken()))
                break


def write_as_filed(one: Candidate) -> None:
    """Give the terms that are met the capitals and hyphens that they are filed with."""
    source = one.request.source
    for hit, span in zip(one.request.hits, one.spans(), strict=True):
        if span is not None:
            found, target = one.text[slice(*span)], fitted(source, hit)
            shouted = source.isupper() or (target.isupper() and target != hit.term.target)
            filed = as_filed(found, hit.term, shouted=shouted)
            if filed != found:
                one.replace("term-capitals", *span, filed)
