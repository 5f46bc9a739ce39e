"""`aligner check`: run the QA checks over translations that are already written."""

from __future__ import annotations

import json
from collections import Counter
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.choices import chosen_glossary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aligner.checks.sarif import Finding


class Format(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


class FailOn(StrEnum):
    """From which severity on findings make the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def _print_all(wanted: bool) -> None:
    from aligner.checks import all_checks

    if wanted:
        typer.echo(all_checks(), nl=False)
        raise typer.Exit


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Output folders, bilingual files (.jsonl, .tmx, .xliff, .tsv, .xlsx, .en), or a page's edits (.json).",
            metavar="OUTPUTS...",
        ),
    ],
    checks: Annotated[
        Path | None,
        typer.Option(
            help="TOML file that turns checks off or to another severity. [default: that of the run, in its outputs]"
        ),
    ] = None,
    list_checks: Annotated[
        bool,
        typer.Option("--list", help="Print all checks and limits, as such a file.", callback=_print_all, is_eager=True),
    ] = False,
    output_format: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = Format.TABLE,
    fail_on: Annotated[FailOn, typer.Option(help="What makes the exit code 1.")] = FailOn.ERROR,
    glossary: Annotated[
        list[Path] | None,
        typer.Option(
            help="Match terms anew with this glossary; may be repeated. "
            "[default: the terms in our .jsonl, the bundled glossary for other files]"
        ),
    ] = None,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Check no terms.")] = False,
) -> None:
    """Check translations: numbers, terms, names, punctuation, consistency.

    Exit code: 0 nothing that --fail-on names, 1 something of it, 2 wrong use. What a reviser chose to ignore does not
    count.

    \b
    Examples:
      aligner check outputs/
      aligner check outputs/ --checks checks.toml --fail-on warning
      aligner check memory.tmx --glossary mine.csv --format sarif > checks.sarif
      aligner check --list > checks.toml
    """
    from aligner.checks import DEFAULT, Profile
    from aligner.checks.sarif import sarif
    from aligner.recheck import recheck
    from aligner.version import __version__

    chosen = None if checks is None else Profile.load(checks)
    checked = list(recheck(paths, chosen_glossary(glossary or [], none=no_glossary), chosen))
    findings = [finding for one in checked for finding in one.findings()]
    segments = sum(len(one.bitext.pairs) for one in checked)
    if output_format is Format.SARIF:
        typer.echo(json.dumps(sarif(findings, chosen or DEFAULT, __version__), ensure_ascii=False, indent=2))
    elif output_format is Format.JSON:
        typer.echo(json.dumps(_report(findings, segments), ensure_ascii=False, indent=2))
    else:
        _print_table(findings, len(checked), segments)
    raise typer.Exit(1 if _fails(findings, fail_on) else 0)


def _fails(findings: Sequence[Finding], fail_on: FailOn) -> bool:
    severities = {finding.issue.severity.value for finding in findings if finding.ignored is None}
    failing = {FailOn.ERROR: {"error"}, FailOn.WARNING: {"error", "warning"}, FailOn.NEVER: set[str]()}
    return bool(severities & failing[fail_on])


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    """Findings by severity; those that a reviser let stand are counted as ignored."""
    counted = Counter(finding.issue.severity.value if finding.ignored is None else "ignored" for finding in findings)
    return {name: counted[name] for name in ("error", "warning", "info", "ignored")}


def _report(findings: Sequence[Finding], segments: int) -> dict[str, object]:
    rows = [
        {
            "document": finding.document,
            "segment": finding.segment,
            "file": finding.path.as_posix(),
            "line": finding.line,
            "check": finding.issue.check,
            "severity": finding.issue.severity.value,
            "message": finding.issue.message,
            "source": finding.source,
            "target": finding.target,
            "ignored": finding.ignored,
        }
        for finding in findings
    ]
    return {"segments": segments, "counts": _counts(findings), "findings": rows}


def _print_table(findings: Sequence[Finding], documents: int, segments: int) -> None:
    """Print a table a document, without what was ignored, and the counts."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=240)
    open_findings = [finding for finding in findings if finding.ignored is None]
    for document, found in groupby(open_findings, key=lambda finding: finding.document):
        table = Table("Segment", "Severity", "Check", box=None, pad_edge=False, header_style="bold")
        table.add_column("What", overflow="fold")
        for finding in found:
            issue = finding.issue
            table.add_row(escape(finding.segment), issue.severity.value, issue.check, escape(issue.message))
        console.print(escape(document), style="bold", highlight=False)
        console.print(table)
        console.print()
    counts = ", ".join(f"{number} {name}" for name, number in _counts(findings).items() if number)
    console.print(f"{documents} documents, {segments} segments: {counts or 'nothing found'}", highlight=False)
