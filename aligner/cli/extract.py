"""`aligner glossary extract`: propose entries from aligned texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aligner.cli.choices import warn
from aligner.errors import AlignerError


def extract(
    bitexts: Annotated[
        list[Path],
        typer.Argument(
            metavar="BITEXT",
            help="Aligned texts: .tmx, .xliff, .tsv, .jsonl, NAME.fr (with NAME.en beside it), or an outputs folder.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="CSV file to write. [default: standard output]")
    ] = None,
    min_count: Annotated[
        int, typer.Option(min=1, metavar="N", help="How often a phrase must have its translation.")
    ] = 2,
    known: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Leave out what this glossary has; may be repeated. [default: the bundled one]"
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Propose also what a glossary has already.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Propose no more than so many.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Propose new entries from texts and their translations.

    Finds acronyms with their long forms, and phrases that recur with the same translation, the most useful first. The
    CSV is a glossary: delete the rows that you do not want. Its column count says how often the translation was found
    in different pairs, consistency its share of the source's occurrences (0 to 1).

    Exit code: 0 done, 2 a file cannot be read.

    \b
    Examples:
      aligner glossary extract memory.tmx -o proposals.csv
      aligner glossary extract outputs/ --known mine.csv --limit 100
      aligner glossary extract corpus.fr --all --min-count 5
    """
    from aligner.formats.files import write_atomic
    from aligner.formats.pairs import read_pairs
    from aligner.glossary import Glossary
    from aligner.glossary.extract import as_csv
    from aligner.glossary.extract import extract as propose
    from aligner.inflect import counted
    from aligner.model import ReviewStatus

    if known and everything:
        raise AlignerError("--known and --all exclude each other", "leave one out")
    if output is not None and output.suffix.lower() != ".csv":
        raise AlignerError("is no .csv", "write a .csv, then `aligner glossary convert` it", path=output)
    pairs = [
        (pair.source, pair.target)
        for path in bitexts
        for pair in read_pairs(path)
        if pair.status is not ReviewStatus.REJECTED
    ]
    glossary = None if everything else Glossary.load(*known or [], tell=warn)
    candidates = propose(pairs, min_count=min_count, known=glossary, limit=limit)
    table = as_csv(candidates)
    if output is None:
        typer.echo(table, nl=False)
    else:
        write_atomic(output, table.encode("utf-8-sig"))
    if not quiet:
        typer.echo(f"{counted(len(candidates), 'proposal')} from {counted(len(pairs), 'pair')}", err=True)
