"""What a reviser looks for: a function a check, a module a family.

`check` looks at a pair, `check_document` at all pairs of a document together. A `Profile` says which checks run and
how severe they are.
"""

from __future__ import annotations

from dataclasses import replace

from aligner.checks.catalogue import RULES
from aligner.checks.consistency import DOCUMENT_RULES
from aligner.checks.profile import DEFAULT, DESCRIPTIONS, KEPT, Profile, all_checks
from aligner.model import Bitext, Issue, Pair, Severity

__all__ = ["DEFAULT", "DESCRIPTIONS", "KEPT", "Profile", "all_checks", "check", "check_document"]


def check(pair: Pair, flags: tuple[str, ...] = (), profile: Profile = DEFAULT) -> tuple[Issue, ...]:
    """Run every check of a profile on a pair; `flags`, those of its hypothesis, are checks that already failed.

    A flag that is the name of no check is an error of its own. What only the stage that made the pair could find is
    taken from the pair's own issues.
    """
    found = [Issue(flag, Severity.ERROR, flag) for flag in flags if flag not in RULES]
    for name, rule in RULES.items():
        severity = profile.severities.get(name)
        if severity is None:
            continue
        if name in flags:
            found.append(Issue(name, severity, rule.description))
        elif rule.find is not None:
            found += [Issue(name, severity, message) for message in rule.find(pair, profile.limits)]
        else:
            # It may be less severe in one pair than in another, where the profile leaves it as it is.
            told = [issue for issue in pair.issues if issue.check == name]
            found += told if severity is rule.severity else [replace(issue, severity=severity) for issue in told]
    return tuple(found)


def check_document(bitext: Bitext, profile: Profile = DEFAULT) -> Bitext:
    """Run the checks that need all pairs; their issues come after the others, and replace those of an earlier run."""
    found: dict[int, list[Issue]] = {}
    for name, rule in DOCUMENT_RULES.items():
        if name in profile.severities:
            for index, message in rule.find(bitext.pairs, profile.limits):
                found.setdefault(index, []).append(Issue(name, profile.severities[name], message))
    return replace(bitext, pairs=tuple(_with(pair, found.get(at, [])) for at, pair in enumerate(bitext.pairs)))


def _with(pair: Pair, found: list[Issue]) -> Pair:
    kept = tuple(issue for issue in pair.issues if issue.check not in DOCUMENT_RULES)
    return pair if not found and kept == pair.issues else replace(pair, issues=(*kept, *found))
