"""`aligner cache`: what is kept between runs, and how to be rid of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.errors import AlignerError

if TYPE_CHECKING:
    from aligner.memory import Memory

cache_app = typer.Typer(name="cache", no_args_is_help=True, rich_markup_mode=None)
_Memory = Annotated[Path | None, typer.Option(help="Translation memory. [default: the user's]")]


@cache_app.callback()
def _cache() -> None:
    """See or empty the translation memory and the models converted for faster engines.

    What reviewers approved is in the memory too; it is never deleted here. ALIGNER_HOME names another folder for both.

    \b
    Examples:
      aligner cache info
      aligner cache prune --days 30
      aligner cache clear
    """


@cache_app.command()
def info(memory: _Memory = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say where the memory and the converted models are, and how large.

    \b
    Examples:
      aligner cache info
      aligner cache info --json
    """
    from aligner.home import converted_models, memory_path
    from aligner.memory import Memory, Size

    path, models = memory or memory_path(), converted_models()
    size = Size(0, 0, 0)
    if path.exists():
        with Memory(path) as kept:
            size = kept.size()
    taken = sum(file.stat().st_size for file in models.rglob("*") if file.is_file())
    facts = {
        "memory": str(path),
        "machine_translations": size.machine,
        "reviewed_segments": size.reviewed,
        "memory_bytes": size.size,
        "models": str(models),
        "models_bytes": taken,
    }
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    typer.echo(f"Memory            {path}")
    typer.echo(
        f"  {size.machine:,} machine translations, {size.reviewed:,} reviewed segments, {size.size / 1e6:.1f} MB"
    )
    typer.echo(f"Converted models  {models}\n  {taken / 1e6:.1f} MB")


@cache_app.command()
def prune(
    days: Annotated[int, typer.Option(min=0, help="Days without use after which a translation goes.")] = 90,
    memory: _Memory = None,
) -> None:
    """Forget machine translations that no run has used for a while. Reviewed segments stay.

    \b
    Examples:
      aligner cache prune
      aligner cache prune --days 7
    """
    with _existing(memory) as kept:
        count = kept.prune(days)
    typer.echo(f"{count:,} machine translations were not used for {days} days or more, and are forgotten.")


@cache_app.command()
def clear(memory: _Memory = None) -> None:
    """Forget all machine translations and delete the converted models. Reviewed segments stay.

    With --memory, only that memory is emptied, and the models, which all share, stay.

    \b
    Examples:
      aligner cache clear
      aligner cache clear --memory project.sqlite3
    """
    from aligner.home import memory_path, remove_converted_models

    count = 0
    if memory or memory_path().exists():
        with _existing(memory) as kept:
            count = kept.clear()
    if memory is None:
        remove_converted_models()
    typer.echo(f"{count:,} machine translations are forgotten{'' if memory else '; models will be converted again'}.")


def _existing(path: Path | None) -> Memory:
    from aligner.home import memory_path
    from aligner.memory import Memory

    where = path or memory_path()
    if not where.exists():
        raise AlignerError("there is no translation memory", "it is made by `aligner translate`", path=where)
    return Memory(where)
