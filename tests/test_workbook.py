"""Workbooks hold any text and nothing but text; hostile ones are taken for what they are."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aligner import workbook
from aligner.errors import FileError
from aligner.workbook import read_rows, read_sheets, write_rows

ROWS = [["Source", "Target"], ["=1+1", "@SUM(A1)"], ["0012", "_x0041_"], [" é ", "a\r\n\tb"]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OURS = write_rows([["x"]], title="x")


def cells_of(data, **options):
    return [cells for _, cells in read_rows(data, "g", **options)]


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(**parts):
    """A workbook of ours with other parts in place of some, by their names without folder and ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(OURS).items():
            archive.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], content))
        if "sharedStrings" in parts:
            archive.writestr("xl/sharedStrings.xml", parts["sharedStrings"])
    return out.getvalue()


def of_rows(content, **parts):
    """A workbook whose sheet has this XML in place of our rows."""
    return with_parts(sheet1=f'<worksheet xmlns="{MAIN}"><sheetData>{content}</sheetData></worksheet>', **parts)


@given(st.lists(st.lists(st.text().filter(bool), min_size=1), min_size=1))
@example([["_x0041_x0042_"], ["_x005F_x0041_", "x005F_", "_x005f_"], ["\0\x1b\ufffe", "_xD800_", "_x0041\r"]])
def test_any_text_comes_back(rows):
    data = write_rows(rows, title="x")
    assert cells_of(data) == rows
    assert cells_of(data, strict=True) == rows


def test_rows_keep_their_numbers():
    assert read_rows(write_rows([["a", "", ""], ["", ""], ["", "b"]], title="x"), "g") == [(1, ["a"]), (3, ["", "b"])]


def test_other_programs_see_text_and_layout():
    sheet = openpyxl.load_workbook(
        io.BytesIO(write_rows(ROWS, title="x", widths=(7, 30), choices={1: ("a", "b")}))
    ).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {(cell.data_type, cell.number_format, cell.alignment.wrap_text) for cell in cells} == {("s", "@", True)}
    assert [cell.font.bold for cell in cells] == [True] * 2 + [False] * 6
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("x", "B2", "A1:B4")
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [7, 30]
    (validation,) = sheet.data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == ("B2:B4", '"a,b"')
    assert sheet["B3"].value == "_x005F_x0041_"  # as Excel shields what it would take for an escape


def test_workbooks_tell_no_time():
    data = write_rows(ROWS, title="x")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert parts_of(data)["docProps/core.xml"].count(b">1980-01-01T00:00:00Z<") == 2


def test_strings_of_excel():
    strings = (
        "<si><t>a _x005F_x0041_ x005F_</t></si><si><t>_x0041_</t></si><si><r><rPr/><t>sou</t></r>"
        "<r><t xml:space='preserve'>rce </t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = parts_of(OURS)["[Content_Types].xml"].decode()
    types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    data = of_rows(
        "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c></row>",
        sharedStrings=f'<sst xmlns="{MAIN}">{strings}</sst>',
        **{"[Content_Types]": types},
    )
    assert cells_of(data) == [["a _x0041_ x005F_", "A", "source "]]


def test_cells_of_all_kinds():
    data = of_rows(
        "<row><c t='inlineStr'><is><r><t>sou</t></r><r><t>rce</t></r></is></c>"
        "<c t='str'><f>A1</f><v>target</v></c></row>"
        "<row r='7'><c r='B7'><v>12</v></c><c><v>3.5</v></c><c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c></row>"
    )
    assert read_rows(data, "g") == [(1, ["source", "target"]), (7, ["", "12", "3.5", "true"])]


@pytest.mark.parametrize(
    "cell",
    [
        "<c><f>1+1</f><v>2</v></c>",
        "<c t='b'><v>1</v></c>",
        "<c t='e'><v>#N/A</v></c>",
        "<c t='d'><v>2024-01-01</v></c>",
    ],
)
def test_what_is_no_text_is_refused_where_that_matters(cell):
    data = of_rows(f"<row/><row>{cell}</row>")
    read_rows(data, "g")
    with pytest.raises(FileError, match=r"^g:2: has a cell that is no text; put an apostrophe before it"):
        read_rows(data, "g", strict=True)


def test_sheets_that_are_not_hidden_are_read():
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "veryHidden"
    book.create_sheet("One").append(["shown"])
    book.create_sheet("Two")
    book.create_sheet("Three").append(["too"])
    book.active = 1
    packed = io.BytesIO()
    book.save(packed)
    assert cells_of(packed.getvalue()) == [["shown"]]
    assert read_sheets(packed.getvalue(), "g") == [("One", [(1, ["shown"])]), ("Two", []), ("Three", [(1, ["too"])])]


BOMB = '<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><t>&b;</t>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a zip", r"^g: is not an Excel workbook; save it as \.xlsx, or give it the ending of what it is"),
        (b"PK\x03\x04 cut", r"^g: is not an Excel workbook, or a damaged one; save it again as \.xlsx"),
        (OURS[: len(OURS) // 2], r"^g: is not an Excel workbook, or a damaged one"),
        (b"\xd0\xcf\x11\xe0", r"^g: is an old Excel workbook, or has a password; save it as \.xlsx, without a"),
        (with_parts(workbook="<workbook/>"), r"^g: has no sheet that is shown; show the one to read"),
        (with_parts(sheet1="<worksheet>"), r"^g: is not an Excel workbook"),
        (of_rows("<row><c t='s'><v>7</v></c></row>"), r"^g: is not an Excel workbook"),
        *(
            (with_parts(**{part: BOMB.encode(encoding)}), rf"^g: has a DOCTYPE in its part \S+/{part}\.xml; save it")
            for part in ("sheet1", "workbook", "styles", "core")
            for encoding in ("utf-8", "utf-16")
        ),
    ],
)  # fmt: skip
def test_hostile_and_broken_workbooks(data, message):
    with pytest.raises(FileError, match=message):
        read_rows(data, "g")


@pytest.mark.parametrize("rows", ["<row r='999999999'><c><v>1</v></c></row>", "<row><c r='XFD1'/></row>" * 10])
def test_a_few_bytes_that_claim_many_cells_are_refused(monkeypatch, rows):
    monkeypatch.setattr(workbook, "MAX_CELLS", 100_000)
    with pytest.raises(FileError, match=r"^g: has more than 100,000 cells; delete the empty rows and columns"):
        read_rows(of_rows(rows), "g")


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 20)
    data = of_rows("<row/>" * (1 << 18))
    assert len(data) < 1 << 16
    with pytest.raises(FileError, match="unpacks to more than 1 MiB"):
        read_rows(data, "g")


def test_no_text_is_cut():
    with pytest.raises(FileError, match=r"^g: has a text of more than 32767 characters"):
        write_rows([["x" * 32_768]], title="x", path="g")
