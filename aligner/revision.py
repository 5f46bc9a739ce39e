"""What reviewers decided, put onto translations: merged with what others decided, and kept when a run comes again."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aligner.checks import DEFAULT, Profile, check, check_document
from aligner.enforce import find_targets
from aligner.memory import Approved
from aligner.model import Bitext, Change, Edit, Pair, ReviewStatus, TermOutcome, one_line, replay
from aligner.review import REVIEW_RULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


#: The rule of a change that the translation memory made; it is no decision on the segment yet.
MEMORY_RULE = "memory"
#: The check that says nothing of what a reviewer wrote.
CONFIDENCE = "low-confidence"
#: Why an edit was not taken, where taking the newest would help, and where no edit of the document would be.
TWICE, NO_DOCUMENT = "the segment was edited twice", "there is no such document"


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit that was not taken, with the reason, and the target that the segment has instead of it."""

    edit: Edit
    reason: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of edits: the changed bitexts by name, the edits that changed them, and those that were not taken.

    Edits that say what is there already are in neither.
    """

    bitexts: Mapping[str, Bitext]
    taken: tuple[Edit, ...]
    conflicts: tuple[Conflict, ...]


def with_reviewed(bitext: Bitext, edits: Sequence[Edit], profile: Profile = DEFAULT) -> Bitext:
    """Put the last decision on each segment over a new translation of the same document.

    A decision belongs to the segment with its id and source, or else, in order, to one with its source. A rejected
    translation gives way to another one; it stays rejected when the engine says the same again.
    """
    last = {edit.segment_id: edit for edit in edits if edit.document == bitext.document.name}
    if not last:
        return bitext
    own = {
        pair.source.id
        for pair in bitext.pairs
        if pair.source.id in last and same_text(last[pair.source.id].source, pair.source.text)
    }
    moved: defaultdict[str, deque[Edit]] = defaultdict(deque)
    for identity, edit in last.items():
        if identity not in own:
            moved[memory_key(edit.source)].append(edit)
    pairs = []
    for pair in bitext.pairs:
        waiting = moved[memory_key(pair.source.text)]
        decision = last[pair.source.id] if pair.source.id in own else waiting.popleft() if waiting else None
        pairs.append(pair if decision is None else _kept(pair, decision, profile))
    return bitext if tuple(pairs) == bitext.pairs else check_document(replace(bitext, pairs=tuple(pairs)), profile)


def with_approved(bitext: Bitext, approved: Mapping[str, str], profile: Profile = DEFAULT) -> Bitext:
    """Put what reviewers approved, in whatever document, over the machine's translation of the same sources.

    `approved` has targets by `memory_key`. The segments stay drafts: somebody has yet to confirm them here.
    """

    def known(pair: Pair) -> Pair:
        target = approved.get(memory_key(pair.source.text)) if pair.status is ReviewStatus.DRAFT else None
        if target is None or target == pair.target:
            return pair
        return _retargeted(pair, target, MEMORY_RULE, profile)

    pairs = tuple(known(pair) for pair in bitext.pairs) if approved else bitext.pairs
    return bitext if pairs == bitext.pairs else check_document(replace(bitext, pairs=pairs), profile)


def memory_key(source: str) -> str:
    r"""Write a source as the memory looks it up: blanks, line breaks and control characters do not count.

    >>> memory_key("l'Arménie,\n la Géorgie ")
    "l'Arménie, la Géorgie"
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in source).split())


def approvals(edits: Iterable[Edit]) -> tuple[Approved, ...]:
    """Give what of decisions goes into the memory: the approved units."""
    return tuple(
        Approved(memory_key(edit.source), edit.target, edit.document, edit.segment_id)
        for edit in edits
        if edit.status is ReviewStatus.REVIEWED
    )


def merge(
    bitexts: Mapping[str, Bitext], edits: Iterable[Edit], profile: Profile = DEFAULT, *, newest: bool = False
) -> Merge:
    """Merge edits into bitexts by document and segment id.

    An edit is in conflict when there is no such segment, when its source is another one now, or when somebody else
    has decided on another target meanwhile. With `newest` the last decision on a target wins.
    """
    pairs = {name: {pair.source.id: pair for pair in bitext.pairs} for name, bitext in bitexts.items()}
    taken: list[Edit] = []
    conflicts: list[Conflict] = []
    for edit in edits:
        pair = pairs.get(edit.document, {}).get(edit.segment_id)
        reason = _objection(pair, edit, newest=newest)
        if pair is None or reason:
            unknown = "there is no such segment" if edit.document in pairs else NO_DOCUMENT
            conflicts.append(Conflict(edit, reason or unknown, "" if pair is None else pair.target))
            continue
        decision = _completed(pair, edit)
        after = decided(pair, decision, profile)
        if after != pair:
            pairs[edit.document][edit.segment_id] = after
            taken.append(decision)
    names = dict.fromkeys(edit.document for edit in taken)
    changed = {name: replace(bitexts[name], pairs=tuple(pairs[name].values())) for name in names}
    checked = {name: check_document(bitext, profile) for name, bitext in changed.items()}
    return Merge(checked, tuple(taken), tuple(conflicts))


def still_open(bitexts: Mapping[str, Bitext], conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Leave out conflicts whose edit says what is there now; the others name what the segment has now."""
    pairs = {name: {pair.source.id: pair for pair in bitext.pairs} for name, bitext in bitexts.items()}
    found = []
    for conflict in conflicts:
        pair = pairs.get(conflict.edit.document, {}).get(conflict.edit.segment_id)
        if pair is None or not _says(pair, conflict.edit):
            found.append(replace(conflict, target="" if pair is None else pair.target))
    return tuple(found)


def decided(pair: Pair, edit: Edit, profile: Profile = DEFAULT) -> Pair:
    """Give a pair a reviewer's target, status, comment and ignored issues; its terms and checks are found again."""
    pair = replace(pair, status=edit.status, comment=edit.comment, ignored=edit.ignored)
    return pair if edit.target == pair.target else _retargeted(pair, edit.target, REVIEW_RULE, profile)


def _retargeted(pair: Pair, target: str, rule: str, profile: Profile) -> Pair:
    """Change what a pair says, by a rule; its terms and checks are found again."""
    machine = machine_changes(pair)
    said = replay(pair.draft, machine)
    spans = find_targets(target, [outcome.hit for outcome in pair.outcomes])
    found = zip(pair.outcomes, spans, strict=True)
    outcomes = tuple(TermOutcome.of(outcome.hit, span, outcome.status) for outcome, span in found)
    pair = replace(pair, target=target, outcomes=outcomes, changes=(*machine, *_change(rule, said, target)), issues=())
    spoken = target == said
    return replace(
        pair, issues=tuple(issue for issue in check(pair, profile=profile) if spoken or issue.check != CONFIDENCE)
    )


def machine_changes(pair: Pair) -> tuple[Change, ...]:
    """The changes that no reviewer made."""
    return tuple(change for change in pair.changes if change.rule != REVIEW_RULE)


def same_line(one: str, other: str) -> bool:
    """Compare targets as bilingual files keep them: on one line, without control characters."""
    return one == other or _line(one) == _line(other)


def same_text(one: str, other: str) -> bool:
    r"""Compare sources, in which blanks, line breaks and control characters do not count.

    >>> same_text("l'Arménie,\n la Géorgie", "l'Arménie, la Géorgie ")
    True
    """
    return one == other or memory_key(one) == memory_key(other)


def _line(text: str) -> str:
    return re.sub("[\x00-\x1f]", "", " ".join(one_line(text).splitlines()))


def _kept(pair: Pair, edit: Edit, profile: Profile) -> Pair:
    if edit.status is ReviewStatus.REJECTED and not same_line(edit.target, pair.target):
        return replace(pair, comment=edit.comment)
    return decided(pair, edit, profile)


def _objection(pair: Pair | None, edit: Edit, *, newest: bool) -> str:
    if pair is None:
        return ""
    if not same_text(pair.source.text, edit.source):
        return "the source is another one now"
    if not edit.target.strip() and pair.target.strip() and not _is_blank(edit):
        return "its target is empty"
    if newest or same_line(pair.target, edit.target) or _untouched(pair, edit):
        return ""
    machine = replay(pair.draft, machine_changes(pair))
    somebody = pair.status is not ReviewStatus.DRAFT or pair.target != machine
    if somebody and (edit.before is None or not same_line(pair.target, edit.before)):
        return TWICE
    return ""


def _says(pair: Pair, edit: Edit) -> bool:
    """Tell whether a segment has the target and the status that an edit gives it."""
    same = same_text(pair.source.text, edit.source) and same_line(pair.target, edit.target)
    return same and pair.status is _completed(pair, edit).status


def _is_blank(edit: Edit) -> bool:
    """Tell whether an edit is what tools write for a segment that nobody has touched."""
    return edit.before is None and edit.status is ReviewStatus.DRAFT and not edit.target.strip()


def _untouched(pair: Pair, edit: Edit) -> bool:
    """Tell whether a file that knows nothing of what was there before has the machine's translation, or none."""
    if _is_blank(edit):
        return True
    said = replay(pair.draft, machine_changes(pair))
    return edit.before is None and edit.status is ReviewStatus.DRAFT and same_line(edit.target, said)


def _completed(pair: Pair, edit: Edit) -> Edit:
    """Fill in what an edit from another format cannot say, and keep the line breaks that it lost."""
    if edit.before is not None:
        return replace(edit, before=pair.target)
    target = pair.target if same_line(pair.target, edit.target) else edit.target
    if _untouched(pair, edit):
        status, target = pair.status, pair.target
    elif edit.status is ReviewStatus.DRAFT:
        # The text changed, or somebody changed it before.
        status = pair.status if target == pair.target else ReviewStatus.TRANSLATED
    else:
        status = edit.status
    comment = edit.comment or pair.comment
    return replace(edit, target=target, status=status, comment=comment, ignored=pair.ignored, before=pair.target)


def _change(rule: str, before: str, after: str) -> tuple[Change, ...]:
    """The one change that leads from a text to another, as short as it can be."""
    if before == after:
        return ()
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return (Change(rule, start, before[start : len(before) - end], after[start : len(after) - end]),)
