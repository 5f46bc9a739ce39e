"""Find the cells of lines that are rows of a table: between pipes, tabs, dots to be filled in, or aligned blanks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.readers.lines import LEADERS, are_many
from aligner.readers.shapes import is_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aligner.readers.lines import Line

#: A pipe between blanks parts cells where its line is no sentence or is not alone; in a line that begins with one, any
#: does.
_SPACED_PIPE = re.compile(r"(?:^|(?<=\s))[|│║┃](?=\s|$)")
_PIPES = "|│║┃"
_PIPE = re.compile(r"(?<!\\)[|│║┃]")
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`\r\n]+(?<!`)\1(?!`)")
#: So many blanks part what stands beside them, wherever they are.
_WIDE = re.compile(r"\t+\s*|[ \xa0]{5,}")
#: Fewer do when they stand above one another, and not only two, which some write behind a stop or to justify lines.
_GAP = re.compile(r"[ \xa0]{2,}")
_GAP_WIDTH, _OVERLAP = 3, 2
#: Cells that say nothing.
_NOTHING = re.compile(r"[-–—*.·…/\s]*")

#: What every row has, so that few lines are searched for cells.
_MAY_PART = re.compile(r"[\t|│║┃]|[ \xa0]{2}|[.…·_][ \t]?[.…·_]")

Span = tuple[int, int]


def cells(lines: Sequence[Line]) -> tuple[tuple[Span, ...], ...]:
    """The cells of each line of a chunk, by offset; a line that is no row has none."""
    if not any(_MAY_PART.search(line.text) for line in lines):
        return ((),) * len(lines)
    gaps = [_gaps(line) for line in lines]
    aligned = [_aligned(gap, gaps[max(0, at - 1) : at] + gaps[at + 1 : at + 2]) for at, gap in enumerate(gaps)]
    return tuple(
        tuple(_row(line, (*parting, *pipes)))
        for line, parting, pipes in zip(lines, aligned, _pipes(lines), strict=True)
    )


def _gaps(line: Line) -> list[Span]:
    """The columns of the blanks inside a line, where there are several."""
    return [(line.column + found.start(), line.column + found.end()) for found in _GAP.finditer(line.text)]


def _aligned(gaps: Sequence[Span], beside: Sequence[Sequence[Span]]) -> set[Span]:
    """The gaps of a line that stand above or below one of the lines beside it."""
    found: set[Span] = set()
    for others in beside:
        one = other = 0
        while one < len(gaps) and other < len(others):  # what ends first meets nothing further on
            if _is_column(gaps[one], others[other]):
                found.add(gaps[one])
            if gaps[one][1] < others[other][1]:
                one += 1
            else:
                other += 1
    return found


def _is_column(one: Span, other: Span) -> bool:
    overlap = min(one[1], other[1]) - max(one[0], other[0])
    return overlap >= _OVERLAP and max(one[1] - one[0], other[1] - other[0]) >= _GAP_WIDTH


def _pipes(lines: Sequence[Line]) -> Iterator[list[Span]]:
    """The pipes of each line that part cells, as columns."""
    found = [list(_outside_code(line)) for line in lines]
    for at, line in enumerate(lines):
        table = len(found[at]) > 1 and line.text[0] in _PIPES
        yield (
            found[at]
            if table or is_title(line.text) or any(found[max(0, at - 1) : at] + found[at + 1 : at + 2])
            else []
        )


def _outside_code(line: Line) -> Iterator[Span]:
    if not any(pipe in line.text for pipe in _PIPES):
        return
    text = _CODE.sub(lambda code: "`" * len(code[0]), line.text)
    for found in (_PIPE if line.text[0] in _PIPES else _SPACED_PIPE).finditer(text):
        yield line.column + found.start(), line.column + found.end()


def _row(line: Line, columns: Sequence[Span]) -> Iterator[Span]:
    text = line.text
    parting = [(start - line.column, end - line.column) for start, end in columns]
    parting += [found.span() for found in _WIDE.finditer(text)]
    parting += [found.span() for found in LEADERS.finditer(text) if are_many(found)]
    if not parting:
        return
    at = 0
    for start, end in (*sorted(parting), (len(text), len(text))):
        cell = text[at:start]
        if not _NOTHING.fullmatch(cell):
            left = at + len(cell) - len(cell.lstrip())
            yield line.start + left, line.start + left + len(cell.strip())
        at = max(at, end)
