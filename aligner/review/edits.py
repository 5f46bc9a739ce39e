"""Reviewers' edits as JSON: what a page exports, and the log beside a document's outputs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from aligner.errors import FileError
from aligner.model import Edit, Ignored, ReviewStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TEXTS = ("document", "segment_id", "source", "target")


def read_export(data: bytes, path: Path | str | None = None) -> tuple[Edit, ...]:
    """Read the edits that a page exported; `path` is named in errors. Raises FileError for anything else."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if value["format"] != "aligner-edits" or value["version"] != 1:
            raise ValueError("it is of another format or version")
        return tuple(edit_of(one) for one in value["edits"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f"is not a file of edits ({_said(error)})"
        raise FileError(problem, "export it again from the review page", path=path) from error


def read_log(data: bytes, path: Path | str | None = None) -> tuple[Edit, ...]:
    """Read a log, oldest edit first. Raises FileError for a line that is no edit, unless it is a torn last one."""
    edits: list[Edit] = []
    # What follows the last line break is a line that a crash cut off; it was never acknowledged.
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            edits.append(edit_of(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            problem = f"is not an edit ({_said(error)})"
            raise FileError(problem, "mend or delete the line", path=path, line=number) from error
    return tuple(edits)


def log_lines(edits: Iterable[Edit]) -> bytes:
    """Write edits as lines of a log."""
    return "".join(json.dumps(asdict(edit)) + "\n" for edit in edits).encode()


def edit_of(value: object) -> Edit:
    """Read one edit; raises KeyError, TypeError or ValueError for what is none."""
    if not isinstance(value, dict):
        raise TypeError("an edit is an object")
    document, segment_id, source, target = (_text(value[name]) for name in _TEXTS)
    before = value.get("before")
    ignored = value.get("ignored", [])
    if not isinstance(ignored, list):
        raise TypeError("ignored is a list")
    return Edit(
        document=document,
        segment_id=segment_id,
        source=source,
        target=target,
        status=ReviewStatus(_text(value["status"])),
        comment=_text(value.get("comment", "")),
        ignored=tuple(Ignored(*(_text(one[name]) for name in ("check", "message", "reason"))) for one in ignored),
        before=None if before is None else _text(before),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value


def _said(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
