"""What a reviser changed comes back by segment, from each format that edits come back in."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from aligner.errors import FileError
from aligner.formats import FORMATS, tmx, xliff, xlsx
from aligner.formats.encoding import xml_line
from aligner.model import Bitext, Block, BlockKind, Document, Edit, Issue, Pair, ReviewStatus, Segment, Severity

SCHEMAS = Path(__file__).parents[2] / "shared" / "schemas"
XLIFF = "{urn:oasis:names:tc:xliff:document:1.2}"
HOSTILE = (
    *("=cmd|'/C calc'!A0", "+1", "@x", "\t=1", "'=1", "#N/A", "TRUE", "12", "2024-01-01", "_x0041_ _x5F_"),
    *("<b>&amp;]]>", "a\0b\x1bc\x85d\u2028e", "a\r\nb", "", " é ", "\ud800", "\u202eא", "😀"),
)
any_text = st.text() | st.sampled_from(HOSTILE)
EDITABLE = [name for name, form in FORMATS.items() if form.read_edits]


def bitext_of(name, *rows):
    """A bitext from rows of (source, target, status, comment)."""
    text = "\n".join(source for source, *_ in rows)
    block = Block(BlockKind.PARAGRAPH, 0, len(text))
    pairs, start = [], 0
    for number, (source, target, status, comment) in enumerate(rows, 1):
        segment = Segment(f"s{number}", source, start, start + len(source), block)
        pairs.append(Pair(segment, target, target, status=status, comment=comment))
        start += len(source) + 1
    return Bitext(Document(name, text, (block,)), tuple(pairs))


def written(name, bitext):
    (data,) = FORMATS[name].write(bitext).values()
    return data


def expected(bitext):
    """What an unedited file says: nothing of drafts but their comments, and what was decided, as XML can hold it."""
    edits = (
        Edit(
            xml_line(bitext.document.name),
            pair.source.id,
            xml_line(pair.source.text),
            "" if pair.status is ReviewStatus.DRAFT else xml_line(pair.target),
            pair.status,
            xml_line(pair.comment),
        )
        for pair in bitext.pairs
    )
    return tuple(edit for edit in edits if edit.comment or edit.status is not ReviewStatus.DRAFT)


rows = st.lists(st.tuples(any_text, any_text, st.sampled_from(ReviewStatus), any_text), max_size=4)
names = any_text.filter(lambda name: xml_line(name).strip())


@pytest.mark.parametrize("name", EDITABLE)
@given(names, rows)
def test_an_unedited_file_gives_back_what_was_written(name, document, content):
    bitext = bitext_of(document, *content)
    if name == "tmx":  # which has no pairs with a blank side
        sides = [(xml_line(pair.source.text).strip(), xml_line(pair.target).strip()) for pair in bitext.pairs]
        kept = tuple(pair for pair, both in zip(bitext.pairs, sides, strict=True) if all(both))
        bitext = replace(bitext, pairs=kept)
    edits = expected(bitext)
    assert FORMATS[name].read_edits(written(name, bitext), "x") == edits


SAMPLE = bitext_of(
    "exercices/loutre",
    ("La loutre dort.", "The otter sleeps.", ReviewStatus.DRAFT, ""),
    ("Elle nage.", "She swims.", ReviewStatus.REVIEWED, "it?"),
)


@pytest.mark.parametrize("name", ["tmx", "xliff"])
def test_edits_in_xml(name):
    data = written(name, SAMPLE).replace(b"The otter sleeps.", "The otter is &lt;asleep&gt;…".encode())
    edits = FORMATS[name].read_edits(data, "x")
    assert edits[0] == Edit("exercices/loutre", "s1", "La loutre dort.", "The otter is <asleep>…", ReviewStatus.DRAFT)
    assert edits[1].comment == "it?"


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("xliff", b' id="s1"', b"", r"^x:6: does not say which segment"),
        ("tmx", b' tuid="s1"', b"", r"^x:5: does not say which segment"),
        ("xliff", b"exercices/loutre", b"", r"^x:6: does not say which segment"),
        ("tmx", b"exercices/loutre", b"", r"^x:5: does not say which segment"),
        ("xliff", b">0.0<", b">much<", r"^x:6: has the x-score 'much'; write a number"),
        ("tmx", b">0.0<", b">much<", r"^x:5: has the x-score 'much'; write a number"),
        ("xliff", b"</source>", b"", r"^x:10: is not well-formed XML \(mismatched tag"),
        ("tmx", b"<?xml", b"<!-- -->\n<?xml", r"^x:2: is not well-formed XML"),
        ("tmx", b"otter", b"&otter;", r"^x:\d+: is not well-formed XML \(undefined entity"),
    ],
)
def test_damaged_xml_is_named_by_its_line(name, old, new, message):
    data = written(name, SAMPLE)
    assert old in data
    with pytest.raises(FileError, match=message):
        FORMATS[name].read_edits(data.replace(old, new, 1), "x")


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'
PARAMETER = b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'


@pytest.mark.parametrize("name", ["tmx", "xliff"])
@pytest.mark.parametrize("doctype", [BOMB, PARAMETER])
def test_entities_are_refused(name, doctype):
    with pytest.raises(FileError, match="x:2: uses the entity"):
        FORMATS[name].read_edits(written(name, SAMPLE).replace(b"?>\n", b"?>\n" + doctype, 1), "x")


@pytest.mark.parametrize("name", ["tmx", "xliff"])
def test_a_doctype_is_ignored_but_not_what_it_would_have_declared(name):
    data = written(name, SAMPLE).replace(b"?>\n", b"?>\n" + OUTSIDE, 1)
    assert FORMATS[name].read_edits(data, "x") == expected(SAMPLE)
    with pytest.raises(FileError, match="uses the entity 'eacute'"):
        FORMATS[name].read_edits(data.replace(b"The otter", b"The &eacute;"), "x")


@pytest.mark.parametrize("name", ["tmx", "xliff"])
def test_nesting_without_end_is_refused(name):
    deep = 200 * b"<g>" + 200 * b"</g>"
    with pytest.raises(FileError, match="nested deeper than 100"):
        FORMATS[name].read_edits(written(name, SAMPLE).replace(b"The otter", deep), "x")


@pytest.mark.parametrize("name", EDITABLE)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html/>", b"\xff\xfe", "é".encode("latin-1")])
def test_other_files_are_refused(name, data):
    with pytest.raises(FileError, match=r"^x: is no|^x:1: is not well-formed"):
        FORMATS[name].read_edits(data, "x")


# XLIFF


@pytest.fixture(scope="module")
def schema():
    path = SCHEMAS / "xliff-core-1.2-strict.xsd"
    if not path.exists():
        pytest.skip(f"the XLIFF schema is not at {path}")

    class Beside(etree.Resolver):
        """Take what the schema imports from beside it, not from the web."""

        def resolve(self, url, _id, context):
            return self.resolve_filename(str(SCHEMAS / url.rpartition("/")[2]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Beside())
    return etree.XMLSchema(etree.parse(path, parser))


@given(document=any_text, content=rows)
def test_xliff_is_valid(schema, document, content):
    bitext = bitext_of(document, *content)
    issue = Issue("length", Severity.WARNING, "<much> shorter\0")
    bitext = replace(bitext, pairs=tuple(replace(pair, issues=(issue,), score=-1.5) for pair in bitext.pairs))
    tree = etree.fromstring(written("xliff", bitext))
    assert schema.validate(tree), schema.error_log
    assert [unit.find(f"{XLIFF}source").text or "" for unit in tree.iter(f"{XLIFF}trans-unit")] == [
        xml_line(pair.source.text) for pair in bitext.pairs
    ]


@pytest.mark.parametrize(
    ("unit", "target", "status"),
    [
        ("", "", ReviewStatus.TRANSLATED),  # most tools leave the state out
        ("", 'state="translated"', ReviewStatus.TRANSLATED),
        ("", 'state="final"', ReviewStatus.REVIEWED),
        ("", 'state="signed-off"', ReviewStatus.REVIEWED),
        ("", 'state="new"', ReviewStatus.DRAFT),
        ("", 'state="needs-review-translation"', ReviewStatus.DRAFT),
        ("", 'state="needs-l10n" state-qualifier="rejected-length"', ReviewStatus.REJECTED),
        ("approved='yes'", 'state="translated"', ReviewStatus.REVIEWED),
        ("approved='no'", 'state="signed-off"', ReviewStatus.REVIEWED),
    ],
)
def test_xliff_states(unit, target, status):
    data = f"""<xliff version="1.2"><file original="a" source-language="fr" target-language="en"><body>
        <trans-unit id="1" {unit}><source>x</source><target {target}>y</target></trans-unit></body></file></xliff>"""
    assert [edit.status for edit in xliff.read_edits(data.encode())] == [status]


def test_xliff_edits_are_of_whole_units_where_a_tool_cut_them():
    data = """<xliff version="1.2"><file original="a" source-language="fr" target-language="en"><body><group>
        <trans-unit id="1"><source>Un. Deux.</source>
        <seg-source><mrk mtype="seg" mid="0">Un.</mrk> <mrk mtype="seg" mid="1">Deux.</mrk></seg-source>
        <target><mrk mtype="seg" mid="0"><g id="1">One</g>.</mrk> <mrk mtype="seg" mid="1">Two.</mrk></target>
        <note from="reviser">ok</note><note>no</note><note from="aligner">hidden</note>
        <alt-trans><target>Three</target></alt-trans></trans-unit></group></body></file></xliff>"""
    (edit,) = xliff.read_edits(data.encode())
    assert edit == Edit("a", "1", "Un. Deux.", "One. Two.", ReviewStatus.TRANSLATED, "ok\nno")


# XLSX


def sheet_of(data):
    return load_workbook(io.BytesIO(data)).worksheets[0]


def saved(sheet):
    packed = io.BytesIO()
    sheet.parent.save(packed)
    return packed.getvalue()


@given(any_text, rows)
def test_xlsx_has_no_formulas(document, content):
    sheet = sheet_of(written("xlsx", bitext_of(document, *content)))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}


def test_xlsx_layout():
    sheet = sheet_of(written("xlsx", SAMPLE))
    assert sheet.freeze_panes == "B2"
    assert tuple(cell.value for cell in sheet[1]) == tuple(xlsx.WIDTHS)
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row)
    assert [sheet.column_dimensions[letter].width for letter in "ABCDEFGH"] == list(xlsx.WIDTHS.values())[:-1]
    assert sheet.column_dimensions["I"].hidden
    (validation,) = sheet.data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == ("E2:E3", '"draft,translated,reviewed,rejected"')


def test_xlsx_edits_survive_moved_columns_numbers_and_empty_rows():
    sheet = sheet_of(written("xlsx", SAMPLE))
    sheet["C2"], sheet["E2"], sheet["F3"] = 42, " Reviewed ", None
    sheet.insert_cols(1)
    sheet["A1"] = "my notes"
    sheet.insert_rows(3)
    first, second = xlsx.read_edits(saved(sheet))
    assert (first.target, first.status) == ("42", ReviewStatus.REVIEWED)
    assert (second.segment_id, second.target, second.comment) == ("s2", "She swims.", "")


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("E3", "done", "^x:3: has the status 'done'; use draft, translated, reviewed, rejected"),
        ("C2", "=1+1", "^x:2: has a cell that is no text"),
        ("C1", "Zieltext", "^x:1: has no column 'target'"),
        ("A3", None, "^x:3: does not say which segment"),
        ("H2", None, "^x:2: does not say which segment"),
    ],
)
def test_xlsx_errors_name_the_row(cell, value, message):
    sheet = sheet_of(written("xlsx", SAMPLE))
    sheet[cell] = value
    with pytest.raises(FileError, match=message):
        xlsx.read_edits(saved(sheet), "x")


def test_xlsx_cuts_no_text():
    with pytest.raises(FileError, match="more than 32767 characters"):
        xlsx.write(bitext_of("a", ("x" * 32_768, "", ReviewStatus.DRAFT, "")))


# TMX


def test_tmx_of_a_tool_that_knows_no_review_is_a_translation():
    data = re.sub(rb' *<prop type="x-(review|written)">[^<]*</prop>\n', b"", written("tmx", SAMPLE))
    assert tmx.read_edits(data)[0].status is ReviewStatus.TRANSLATED
    with pytest.raises(FileError, match=r"^TMX:5: has the x-review 'done'; use draft, translated"):
        tmx.read_edits(written("tmx", SAMPLE).replace(b">draft<", b">done<"))
