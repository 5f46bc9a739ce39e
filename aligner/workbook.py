"""Excel workbooks as rows of text: the sheets that are not hidden.

What is written is text, whatever it begins with, and stays text when it is edited; equal rows give equal bytes.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aligner.elements import read_elements
from aligner.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

#: A sheet's rows with their numbers.
Rows = list[tuple[int, list[str]]]

#: Excel's own limit, which openpyxl would keep to by cutting the text.
MAX_CELL = 32_767
#: Some 300,000 entries of a termbase, or a review of ten books.
MAX_UNPACKED = 128 << 20
#: Cells up to the last one of each row. A few bytes can claim billions of them.
MAX_CELLS = 10_000_000

#: What XML cannot hold, or would change, is written _xHHHH_, and an underscore that would begin such a thing _x005F_
#: (ECMA-376, 22.9.2.19).
_ESCAPED = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")
_NOT_IN_XML = "\x00-\x08\x0b-\x1f\ufffe\uffff"
_TO_ESCAPE = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}[_{_NOT_IN_XML}])|[{_NOT_IN_XML}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: What files of the kind begin with, and those of old Office versions and with passwords.
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*")


def read_rows(data: bytes, path: Path | str, *, strict: bool = False) -> Rows:
    """Read the first sheet's rows that hold text, each with its number and without the empty cells at its end.

    A formula is worth what was last shown for it, an error nothing, a truth "true" or "false", a date its ISO form;
    `strict` refuses all these, so that only texts and numbers are taken. Raises FileError, which names `path` and the
    row, for a cell that is refused, for what is no workbook, and for what swells beyond reason when it is unpacked.
    """
    return _read(data, path, 1, strict=strict)[0][1]


def read_sheets(data: bytes, path: Path | str) -> list[tuple[str, Rows]]:
    """Read every sheet by its name, in order, as `read_rows` does."""
    return _read(data, path, None, strict=False)


def _read(data: bytes, path: Path | str, sheets: int | None, *, strict: bool) -> list[tuple[str, Rows]]:
    found: list[tuple[str, Rows]] = []
    total = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of what it does not keep, and we keep nothing
        for name, number, cells in _cells(data, path, sheets, strict=strict):
            if number == 0:
                found.append((name, []))
            total += len(cells) + 1
            if total > MAX_CELLS:
                raise FileError(f"has more than {MAX_CELLS:,} cells", "delete the empty rows and columns", path=path)
            texts = [_text(cell, path, number, strict=strict) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                found[-1][1].append((number, texts))
    return found


def write_rows(
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    widths: Sequence[int] = (),
    choices: Mapping[int, Sequence[str]] | None = None,
    path: Path | str | None = None,
) -> bytes:
    """Write rows, the first of which names the columns and stays in sight, as does the first column.

    `widths` are of columns from the left, in characters, and 0 hides one; `choices` are offered in the cells of a
    column, which is counted from 0. Raises FileError, which names `path`, for a text that is too long for a cell.
    """
    from openpyxl import Workbook  # noqa: PLC0415 (few runs need it)
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    texts = [[_escaped(text, path) for text in row] for row in rows]
    bottom = max(2, len(texts))
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(map(len, texts)))}{len(texts)}"
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.column_dimensions[get_column_letter(column)].hidden = not width
    for place, values in (choices or {}).items():
        letter = get_column_letter(place + 1)
        offered = DataValidation(type="list", formula1=f'"{",".join(values)}"', sqref=f"{letter}2:{letter}{bottom}")
        sheet.data_validations.append(offered)
    header, body = _styled(sheet, bold=True), _styled(sheet, bold=False)
    for number, row in enumerate(texts):
        sheet.append(_filled(body if number else header, row))
    packed = BytesIO()
    book.save(packed)
    return _without_clock(packed.getvalue())


def _styled(sheet: Any, *, bold: bool) -> Any:  # noqa: ANN401 (openpyxl has no types)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    cell = WriteOnlyCell(sheet)
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell


def _filled(cell: Any, texts: Sequence[str]) -> Iterator[Any]:  # noqa: ANN401
    """One cell for all, since styles are dear: each is written before the next is asked for."""
    for text in texts:
        cell.value = text
        cell.data_type = "s"  # openpyxl makes a formula of =1 and an error of #N/A
        yield cell


def _without_clock(packed: bytes) -> bytes:
    """Pack a workbook again as Excel does, with no dates in the archive, and none in its properties."""
    repacked = BytesIO()
    with ZipFile(BytesIO(packed)) as old, ZipFile(repacked, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _CLOCK.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return repacked.getvalue()


def _cells(data: bytes, path: Path | str, sheets: int | None, *, strict: bool) -> Iterator[tuple[str, int, Any]]:
    """The rows of the first so many sheets: the sheet's name, the row's number, its cells; row 0 begins a sheet."""
    if not data.startswith(_ZIP):
        if data.startswith(_OLD):
            problem = "is an old Excel workbook, or has a password"
            raise FileError(problem, "save it as .xlsx, without a password", path=path)
        remedy = "save it as .xlsx, or give it the ending of what it is"
        raise FileError("is not an Excel workbook", remedy, path=path)
    try:
        _refuse_bombs(data, path)
        visible = [sheet for sheet in _open(data, path, strict=strict).worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise FileError("has no sheet that is shown", "show the one to read", path=path)
        for sheet in visible[:sheets]:
            yield sheet.title, 0, ()
            sheet.reset_dimensions()  # a sheet may claim any size
            for number, cells in enumerate(sheet.iter_rows(), 1):
                yield sheet.title, number, cells
    except FileError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl raise almost anything
        problem = "is not an Excel workbook, or a damaged one"
        raise FileError(problem, "save it again as .xlsx", path=path) from error


def _refuse_bombs(data: bytes, path: Path | str) -> None:
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:  # zipfile reads no more of a part than this says
            remedy = "take out what is no text, or part it in several"
            raise FileError(f"unpacks to more than {MAX_UNPACKED >> 20} MiB", remedy, path=path)
        for part in parts:
            # No part may have a DOCTYPE (ECMA-376-2, M1.18), and without one there are no entities. In all encodings
            # that expat reads but UTF-16 it is written as in ASCII.
            if b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                raise FileError(f"has a DOCTYPE in its part {part.filename}", "save it again as .xlsx", path=path)


def _open(data: bytes, path: Path | str, *, strict: bool) -> Any:  # noqa: ANN401 (openpyxl has no types)
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415
    from openpyxl.xml.constants import SHARED_STRINGS  # noqa: PLC0415

    class Reader(ExcelReader):  # type: ignore[misc]
        """Takes shared strings as they stand; openpyxl takes `x005F_` out of them, but out of no others."""

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is not None:
                with self.archive.open(part.PartName[1:]) as source:
                    items = read_elements(source, path, whole=("si",))
                    self.shared_strings = [_string(found.element) for found in items]

    reader = Reader(BytesIO(data), read_only=True, data_only=not strict)
    reader.read()
    return reader.wb


def _string(item: Element) -> str:
    """The text of a string, whose parts may be formatted apart (r); how it is pronounced (rPh) is no part of it."""
    return "".join(text.text or "" for text in (*item.findall("t"), *item.findall("r/t")))


def _text(cell: Any, path: Path | str, number: int, *, strict: bool) -> str:  # noqa: ANN401
    value = cell.value
    if value is None:
        return ""
    kind = cell.data_type
    if kind == "s":
        return _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), value) if "_x" in value else str(value)
    if kind == "n":
        return str(value)
    if strict:
        raise FileError("has a cell that is no text", "put an apostrophe before it", path=path, line=number)
    if kind == "e":  # such as #N/A
        return ""
    return str(value).lower() if kind == "b" else str(value)


def _escaped(text: str, path: Path | str | None) -> str:
    text = _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", _SURROGATE.sub("\ufffd", text))
    if len(text) > MAX_CELL:
        raise FileError(f"has a text of more than {MAX_CELL} characters", "write it without xlsx", path=path)
    return text
