"""SARIF 2.1.0, the OASIS standard in which code scanners report, so that a build's page shows what the checks found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aligner.checks.profile import DESCRIPTIONS
from aligner.model import Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aligner.checks.profile import Profile

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Mapping[Severity, str] = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue and where it is: the pair of `document` that stands in line `line` (from 1) of the file at `path`.

    `ignored` is a reviser's reason to let it stand, None where nobody did.
    """

    document: str
    segment: str
    source: str
    target: str
    path: Path
    line: int
    issue: Issue
    ignored: str | None = None


def sarif(findings: Iterable[Finding], profile: Profile, version: str) -> dict[str, Any]:
    """Report findings as one run of a tool whose rules are the checks of a profile; paths are those below `.`.

    What a reviser let stand is reported as suppressed, with the reason.
    """
    index = {name: at for at, name in enumerate(profile.severities)}
    driver = {"name": "aligner", "version": version, "rules": [_rule(name, profile) for name in index]}
    results = [_result(finding, index) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, profile: Profile) -> dict[str, Any]:
    text = {"text": DESCRIPTIONS[name]}
    return {
        "id": name,
        "shortDescription": text,
        "fullDescription": text,
        "help": {"text": f"{DESCRIPTIONS[name]} A profile can turn the check {name} off or to another severity."},
        "defaultConfiguration": {"level": LEVELS[profile.severities[name]]},
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    issue = finding.issue
    result: dict[str, Any] = {
        "ruleId": issue.check,
        "level": LEVELS[issue.severity],
        "message": {"text": f"{finding.segment}: {issue.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.path)},
                    "region": {"startLine": finding.line, "snippet": {"text": finding.target}},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{finding.document}/{finding.segment}"}],
            }
        ],
        # The name under which GitHub looks for it; without the line, so that an alert outlives an insertion above it.
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding)},
    }
    if issue.check in index:
        result["ruleIndex"] = index[issue.check]
    if finding.ignored is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.ignored}]
    return result


def _uri(path: Path) -> str:
    """A path as a relative reference; one outside of the working directory as a file URI."""
    whole = path.resolve()
    if whole.is_relative_to(Path.cwd().resolve()):
        return quote(whole.relative_to(Path.cwd().resolve()).as_posix())
    return whole.as_uri()


def _fingerprint(finding: Finding) -> str:
    parts = (finding.document, finding.source, finding.issue.check, finding.issue.message)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16] + ":1"
