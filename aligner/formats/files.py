"""Writing output files: whole or not at all, only below the output folder, and by one writer at a time."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from filelock import FileLock, Timeout

from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: NAME.edits.jsonl is the log of what reviewers decided on NAME; a run's conflicts.jsonl has what could not be applied.
LOG_SUFFIX, CONFLICTS = ".edits.jsonl", "conflicts.jsonl"
LOCK = ".aligner.lock"


def document_files(folder: Path) -> list[Path]:
    """List the JSON Lines files of documents below an output folder; those of reviews are none."""
    return sorted(path for path in folder.rglob("*.jsonl") if not path.name.endswith((LOG_SUFFIX, CONFLICTS)))


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary neighbour that takes the place of `path` on leaving, or vanishes if an exception does.

    Missing folders are made.
    """
    # Not named after `path`, whose name may already be as long as a name can be; not by mkstemp, whose files
    # nobody else may read.
    neighbour = path.with_name(f".aligner-{secrets.token_hex(8)}.tmp")
    try:
        with _created(neighbour) as file:
            yield file
        neighbour.replace(path)
    except BaseException:
        neighbour.unlink(missing_ok=True)
        raise


def _created(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def remove_temporaries(folder: Path) -> None:
    """Delete what runs that were killed left half-written below a folder."""
    for path in folder.rglob(".aligner-*.tmp"):
        path.unlink(missing_ok=True)


def write_atomic(path: Path, data: bytes) -> None:
    """Make `data` the whole content of a file; a reader sees the old content or the new, never a part."""
    with replacing(path) as file:
        file.write(data)


def safe_path(root: Path, name: str, suffix: str = "") -> Path:
    """Join a path that stays below `root`; `name` may have folders, `suffix` is ours and trusted.

    Raises AlignerError for a name that is absolute, has an empty, `.` or `..` part, cannot be a file name here, or
    leads out of `root` through a link.
    """
    # Windows takes a backslash for a separator and ignores dots and blanks at the end of a part.
    if all(part.strip(". ") for part in re.split(r"[/\\]", name)) and _encodable(name):
        path = root / f"{name}{suffix}"
        if path.resolve().is_relative_to(root.resolve()):
            return path
    raise AlignerError(f"the document name {name!r} does not stay below {root}", "rename the document")


def _encodable(name: str) -> bool:
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Be the only one who writes into a folder; raises AlignerError when there is none or somebody else does.

    The system releases the lock when the process ends, however it ends.
    """
    if not folder.is_dir():
        raise AlignerError("is not a folder", "name the output folder of `aligner translate`", path=folder)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        problem = "is being written to by another run of `aligner`"
        raise AlignerError(problem, "end it, or wait until it ends", path=folder) from None
    try:
        yield
    finally:
        lock.release()
