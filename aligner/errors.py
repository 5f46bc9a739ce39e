"""What can go wrong that a user can mend. Each message names the file, the line where there is one, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class AlignerError(Exception):
    """A user's error: printed as one line, without a traceback."""

    def __init__(self, problem: str, remedy: str, *, path: Path | str | None = None, line: int | None = None) -> None:
        self.problem, self.remedy, self.path, self.line = problem, remedy, path, line
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(f"{place}{problem}; {remedy}")


class FileError(AlignerError):
    """A file that cannot be read as text; a run goes on without a document that raises it."""


class GlossaryError(AlignerError):
    """A glossary that cannot be used."""


class ModelError(AlignerError):
    """A model that cannot be found or loaded."""


class ConversionError(ModelError):
    """A model that another engine's format cannot hold."""
