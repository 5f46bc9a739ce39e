"""`aligner glossary`: look after termbases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

glossary_app = typer.Typer(name="glossary", help="Look after glossaries.", no_args_is_help=True, rich_markup_mode=None)


@glossary_app.callback()
def _glossary() -> None:
    """Look after glossaries."""


@glossary_app.command()
def lint(
    file: Annotated[Path, typer.Argument(help="A CSV or TSV glossary.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find entries that will not do what they were written for.

    Exit code: 0 no error (there may be warnings), 1 errors found, 2 the file cannot be read.

    \b
    Examples:
      aligner glossary lint mine.csv
      aligner glossary lint mine.csv --json
    """
    from aligner.glossary import lint as find
    from aligner.glossary import load_terms
    from aligner.model import Severity

    terms = load_terms(file)
    findings = find(terms)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.origin}: {finding.severity}: {finding.message} [{finding.rule}]")
        typer.echo(f"{len(terms)} entries, {len(findings)} findings")
    raise typer.Exit(1 if any(finding.severity is Severity.ERROR for finding in findings) else 0)
