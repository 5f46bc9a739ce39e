"""`aligner score`: score a translation that somebody else made."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from aligner.cli.choices import warn
from aligner.errors import AlignerError


def score(
    hypothesis: Annotated[Path, typer.Argument(help="The translation, one segment a line.", metavar="HYP")],
    reference: Annotated[Path, typer.Argument(help="The reference, one segment a line.", metavar="REF")],
    source: Annotated[
        Path | None, typer.Option(help="The French source, one segment a line: counts terms too.")
    ] = None,
    glossary: Annotated[
        list[Path] | None, typer.Option(help="Glossary for --source. [default: the bundled one]")
    ] = None,
    align: Annotated[
        bool, typer.Option("--align", help="HYP and REF are documents: segment and align them first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a translation against a reference: BLEU, chrF++ and TER by sacreBLEU, with 95% bootstrap intervals.

    \b
    Examples:
      aligner score outputs/note/note.en ref.en
      aligner score mine.en ref.en --source note.fr --glossary mine.csv
      aligner score mine.txt human.txt --align
    """
    from aligner.cli import render
    from aligner.glossary import Glossary
    from aligner.pipeline import score_documents, score_lines
    from aligner.readers import read_lines

    if glossary and source is None:
        raise AlignerError("--glossary counts the terms of a source", "name it with --source")
    if align:
        if source is not None:
            raise AlignerError("--source needs line-aligned files", "leave --align out, or --source")
        scores = score_documents(hypothesis, reference)
    else:
        files = [path for path in (hypothesis, reference, source) if path is not None]
        lines = [read_lines(path) for path in files]
        for path, of_path in zip(files, lines, strict=True):
            if len(of_path) != len(lines[0]):
                problem = f"has {len(of_path)} lines where {hypothesis} has {len(lines[0])}"
                raise AlignerError(problem, "make them line-aligned, or pass --align", path=path)
        terms = Glossary.load(*(glossary or ()), tell=warn) if source is not None else Glossary()
        scores = score_lines(lines[0], lines[1], lines[2] if source is not None else (), terms)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in scores], ensure_ascii=False, indent=2))
    else:
        render.scores(scores)
