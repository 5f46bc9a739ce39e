"""What options that several commands have mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aligner.glossary import Glossary


def chosen_glossary(paths: Sequence[Path], domains: Sequence[str] = (), *, none: bool) -> Glossary | None:
    """Load what --glossary names; --no-glossary is an empty one, and None is neither.

    Raises AlignerError when both are given.
    """
    from aligner.glossary import Glossary

    if paths and none:
        raise AlignerError("--glossary and --no-glossary exclude each other", "leave one out")
    if none:
        return Glossary()
    return Glossary.load(*paths, domains=domains) if paths else None
