"""Reviewers' edits as JSON: what a page exports, and the log beside a document's outputs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING

from aligner.errors import FileError
from aligner.model import Edit
from aligner.records import RecordError, parse, read_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FORMAT = {"format": "aligner-edits", "version": 1}
#: Quotes inside of a text are escaped, so that this is always the name of a field, which every edit has once.
_IN_EACH = re.compile(r'(?<!\\)"segment_id"\s*:')


def read_export(data: bytes, path: Path | str | None = None) -> tuple[Edit, ...]:
    """Read the edits that a page exported; `path` is named in errors, with the line. Raises FileError for others."""
    return tuple(edit for _, edit in numbered_export(data, path))


def numbered_export(data: bytes, path: Path | str | None = None) -> list[tuple[int, Edit]]:
    """Read what `read_export` does, each edit with the line that it names its segment on."""
    remedy = "export it again from the review page"
    edits = []
    try:
        records = _records(parse(data))
    except RecordError as error:
        raise FileError(f"is no file of edits: {error}", remedy, path=path, line=error.line) from error
    lines = _lines(data.decode("utf-8-sig"), len(records))
    for number, (line, record) in enumerate(zip(lines, records, strict=True), 1):
        try:
            edits.append((line or 1, read_as(Edit, record)))
        except RecordError as error:
            raise FileError(f"is no file of edits: in edit {number}, {error}", remedy, path=path, line=line) from error
    return edits


def _records(value: object) -> list[object]:
    if not isinstance(value, dict) or any(value.get(name) != known for name, known in _FORMAT.items()):
        raise RecordError("is of another format or version")
    records = value.get("edits")
    if not isinstance(records, list):
        raise RecordError("has no list of edits")
    return records


def _lines(text: str, edits: int) -> Sequence[int | None]:
    """The line of each edit; if one does not name its segment, that of none is known."""
    starts = [0, *(found.start() for found in _IN_EACH.finditer(text))]
    if len(starts) != edits + 1:
        return [None] * edits
    lines = [1]
    for before, start in pairwise(starts):
        lines.append(lines[-1] + text.count("\n", before, start))
    return lines[1:]


def read_log(data: bytes, path: Path | str | None = None) -> tuple[Edit, ...]:
    """Read a log, oldest edit first. Raises FileError for a line that is no edit, unless it is a torn last one."""
    edits: list[Edit] = []
    # What follows the last line break is a line that a crash cut off; it was never acknowledged.
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            edits.append(read_as(Edit, parse(line)))
        except RecordError as error:
            raise FileError(f"is no edit: {error}", "mend or delete the line", path=path, line=number) from error
    return tuple(edits)


def log_lines(edits: Iterable[Edit]) -> bytes:
    """Write edits as lines of a log."""
    return "".join(json.dumps(asdict(edit)) + "\n" for edit in edits).encode()
