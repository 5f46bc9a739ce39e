"""`aligner segment`: see how a document is cut, without translating it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def segment(
    file: Annotated[Path, typer.Argument(help="A French text, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON record a segment, with offsets.")] = False,
) -> None:
    """Print a document's segments, one a line: id, kind of block, text.

    \b
    Examples:
      aligner segment note.txt
      aligner segment note.txt --json | jq .text
    """
    from aligner.readers import read_document
    from aligner.segment import segment as segments_of

    for one in segments_of(read_document(file)):
        if as_json:
            record = {"id": one.id, "kind": one.block.kind, "start": one.start, "end": one.end, "text": one.text}
            typer.echo(json.dumps(record, ensure_ascii=False))
        else:
            typer.echo(f"{one.id}\t{one.block.kind}\t{one.line}")
