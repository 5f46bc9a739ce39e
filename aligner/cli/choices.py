"""What options that several commands have mean."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import typer

from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aligner.glossary import Glossary
    from aligner.memory import Memory


def chosen_glossary(paths: Sequence[Path], domains: Sequence[str] = (), *, none: bool) -> Glossary | None:
    """Load what --glossary names; --no-glossary is an empty one, and None is neither. Warnings go to stderr.

    Raises AlignerError when both are given.
    """
    from aligner.glossary import Glossary

    if paths and none:
        raise AlignerError("--glossary and --no-glossary exclude each other", "leave one out")
    if none:
        return Glossary()
    return Glossary.load(*paths, domains=domains, tell=warn) if paths else None


def warn(line: str) -> None:
    """Tell on stderr what is wrong but does not stop a command."""
    typer.echo(line, err=True)


def chosen_memory(path: Path | None, *, none: bool) -> AbstractContextManager[Memory | None]:
    """Open the memory that --memory names, or the user's; --no-memory is none.

    Raises AlignerError when both are given.
    """
    from aligner.home import memory_path
    from aligner.memory import Memory

    if path and none:
        raise AlignerError("--memory and --no-memory exclude each other", "leave one out")
    return nullcontext() if none else Memory(path or memory_path())


def chosen_formats(names: str | None) -> tuple[str, ...]:
    """Read what --formats names; raises AlignerError for an unknown one, and for none."""
    from aligner.run import DEFAULT_FORMATS, check_formats

    return DEFAULT_FORMATS if names is None else check_formats(listed(names))


def listed(names: str) -> list[str]:
    """Read the names of an option that takes several, with commas between them."""
    return [name.strip() for name in names.split(",") if name.strip()]
