"""`aligner models`: which models there are."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def models(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the bundled models; --model also takes a directory or a hub id.

    \b
    Examples:
      aligner models
      aligner translate note.txt --model Helsinki-NLP/opus-mt-fr-en
    """
    from aligner.cli import render
    from aligner.engines.registry import bundled_models

    found = bundled_models()
    if as_json:
        typer.echo(json.dumps([asdict(model) for model in found], ensure_ascii=False, indent=2, default=str))
    else:
        render.models(found)
