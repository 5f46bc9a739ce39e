"""A workbook to review in a spreadsheet: a row a pair; `target`, `status` and `comment` are the reviser's to change.

Every cell is text, whatever it begins with, and stays text when it is edited. The bytes depend on the bitext alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.errors import FileError
from aligner.formats.encoding import single_line, xml_line
from aligner.formats.references import links_by_pair, reference_text
from aligner.formats.units import TextPair, edits_of, fingerprint, score_of, status_of
from aligner.model import ReviewStatus
from aligner.workbook import read_rows, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from aligner.model import Bitext, Edit, Link, Pair

SUFFIXES = (".xlsx",)

#: The columns with their widths, in characters; 0 hides one. What is nobody's to read is last. `written` is the
#: target's fingerprint.
WIDTHS = {
    "id": 8,
    "source": 60,
    "target": 60,
    "reference": 40,
    "status": 12,
    "comment": 30,
    "issues": 30,
    "document": 20,
    "written": 0,
}
SIDES = ("source", "target")
#: What is needed to read edits back.
REQUIRED = ("document", "id", "source", "target", "status", "comment")


def write(bitext: Bitext) -> dict[str, bytes]:
    """Write a header that stays in sight and a row a pair; characters that XML cannot hold are dropped.

    Raises FileError for a text that is longer than a cell can hold.
    """
    columns = tuple(WIDTHS)
    rows = (_row(bitext, pair, link) for pair, link in zip(bitext.pairs, links_by_pair(bitext), strict=True))
    data = write_rows(
        (columns, *([xml_line(text) for text in row] for row in rows)),
        title="review",
        widths=tuple(WIDTHS.values()),
        choices={columns.index("status"): tuple(ReviewStatus)},
        path=bitext.document.name,
    )
    return {".xlsx": data}


def read_pairs(data: bytes, path: Path | str) -> Iterator[TextPair]:
    """Read the rows of a workbook, ours or any with the columns `source` and `target`.

    Raises FileError, which names the row, for what is no such workbook, an unknown status and a formula.
    """
    return _pairs(data, path, SIDES)


def read_edits(data: bytes, path: Path | str = "XLSX") -> tuple[Edit, ...]:
    """Read back a workbook that `write` wrote and a reviser edited; `path` is named in errors, with the row.

    Columns may have moved and others been added. Raises FileError for what is no such workbook, an unknown status, a
    formula, and a row that has lost its `id` or `document`.
    """
    return edits_of(_pairs(data, path, REQUIRED), path)


def _row(bitext: Bitext, pair: Pair, link: Link | None) -> tuple[str, ...]:
    issues = (f"{issue.severity} {issue.check}: {issue.message}" for issue in pair.issues)
    return (
        pair.source.id,
        pair.source.text,
        pair.target,
        reference_text(bitext, link) or "",
        pair.status,
        pair.comment,
        "; ".join(issues),
        bitext.document.name,
        fingerprint(pair.target),
    )


def _pairs(data: bytes, path: Path | str, required: Sequence[str]) -> Iterator[TextPair]:
    columns: tuple[str, ...] = ()
    for number, cells in read_rows(data, path, strict=True):
        if not columns:
            columns = tuple(cell.strip().lower() for cell in cells)
            missing = [name for name in required if name not in columns]
            if missing:
                remedy = f"name the columns {', '.join(required)} in the first row of the first sheet"
                problem = f"has no column {missing[0]!r}"
                raise FileError(problem, remedy, path=path, line=number)
        else:
            row = dict.fromkeys((*WIDTHS, *columns), "") | dict(zip(columns, cells, strict=False))
            yield TextPair(
                single_line(row["source"]),
                single_line(row["target"]),
                str(path),
                number,
                row["id"],
                row["document"],
                score_of("score", row.get("score") or None, path, number),
                status_of("status", row["status"].strip().lower() or None, path, number),
                row["comment"],
                row["written"].strip(),
            )
    if not columns:
        raise FileError("is empty", "name the columns in the first row of the first sheet", path=path)
