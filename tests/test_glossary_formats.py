"""Glossary formats: each says all that a term has, is valid, and takes hostile files for what they are."""

import codecs
import re
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.errors import FileError, GlossaryError
from aligner.glossary import csv_, default_path, format_terms, load_terms, read_terms, rows, tbx
from aligner.model import Severity, Term
from aligner.workbook import read_rows, write_rows

SCHEMAS = Path(__file__).parents[2] / "shared" / "schemas" / "tbx"
PATH = Path("g")

TERMS = (
    Term(
        "équipe provinciale de reconstruction",
        "Provincial Reconstruction Team",
        ("EPR", "équipe de reconstruction"),
        ("PRT",),
        False,
        "noun",
        ("regional team", "EPR"),
        "défense & sécurité",
        "since 2003\n\n<en Afghanistan>",
    ),
    Term("Allié", "Ally", case_sensitive=True, pos="proper-noun"),
    Term("OTAN", "NATO", pos="acronym", note="a note that says aligner:nothing=true"),
    Term("en tant que de besoin", "as required", pos="phrase"),
    Term("locution rare", "x", pos="locution; adverbiale"),
    Term("=1+1", "@SUM(A1)", ("+a", "-b"), note='=HYPERLINK("x")'),
    Term("0012", "1e5"),
    Term("Eurocorps", "Eurocorps", do_not_translate=True),
)


def _nameless(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(replace(term, origin="") for term in terms)


@pytest.mark.parametrize("name", ["csv", "tsv", "tbx", "xlsx"])
def test_accents_become_part_of_their_letters(name: str, tmp_path: Path):
    (tmp_path / f"g.{name}").write_bytes(format_terms([Term("se\u0301curite\u0301", "security")], name)[0])
    assert [term.source for term in load_terms(tmp_path / f"g.{name}")] == ["sécurité"]


@pytest.mark.parametrize("name", ["csv", "tsv", "tbx", "xlsx"])
def test_every_field_comes_back(tmp_path: Path, name: str):
    path = tmp_path / f"g.{name}"
    for terms in (TERMS, load_terms(default_path())):
        data, lost = format_terms(terms, name)
        path.write_bytes(data)
        found, findings = read_terms(path)
        assert (_nameless(found), findings, lost) == (_nameless(terms), (), ())


_ILLEGAL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_form = st.text().map(lambda text: normalize("NFC", _ILLEGAL.sub("", text)).replace("|", "/").strip()).filter(bool)
_forms = st.lists(_form, max_size=2).map(tuple)
_notes = st.lists(st.one_of(_form, st.just("")), max_size=3).map(lambda lines: "\n".join(lines).strip())
_terms = st.lists(
    st.builds(
        Term, _form, _form, _forms, _forms, st.booleans(), st.one_of(_form, st.just("noun")), _forms, _form, _notes
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@given(_terms)
def test_any_text_comes_back(terms: tuple[Term, ...]):
    written = list(rows.format(terms))
    assert rows.parse(csv_.parse(csv_.format(written), PATH), PATH)[1] == ()
    assert _nameless(rows.parse(csv_.parse(csv_.format(written, "\t"), PATH), PATH)[0]) == terms
    assert _nameless(rows.parse(read_rows(write_rows(written, title="x"), PATH), PATH)[0]) == terms
    assert _nameless(tbx.parse(tbx.format(terms), PATH)[0]) == terms


def test_the_bundled_glossary_is_written_as_it_is():
    data, _ = format_terms(load_terms(default_path()), "csv")
    assert data == codecs.BOM_UTF8 + default_path().read_bytes()


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_spreadsheet_runs_a_term_or_takes_it_for_another_encoding(tmp_path: Path, name: str, delimiter: str):
    terms = (Term("été =1", '=HYPERLINK("x")', ("+a", "b"), ("'-c",), note=" @d"), Term("e", "f", note="’g"))
    data, _ = format_terms(terms, name)
    assert data.startswith(codecs.BOM_UTF8)
    rows_ = [cells for _, cells in csv_.parse(data.decode("utf-8-sig"), PATH)]
    assert rows_[1] == ["été =1", '=HYPERLINK("x")', "+a|b", "'-c", " @d"]
    cells = [*("été =1", '"\'=HYPERLINK(""x"")"', "'+a|b", "''-c", "' @d")]
    assert data.decode("utf-8-sig").splitlines()[1:] == [
        delimiter.join(cells),
        delimiter.join(["e", "f", "", "", "’g"]),
    ]
    (tmp_path / "g").write_bytes(data)
    assert load_terms(tmp_path / "g")[0].target_variants == ("'-c",)


def test_a_variant_of_several_lines_stays_one():
    data, _ = format_terms([Term("a", "b", ("c\nd", "e"))], "csv")
    assert data.decode("utf-8-sig") == "source,target,source_variants\na,b,c d|e\n"


def test_pairs_are_bare_and_say_what_they_lose(tmp_path: Path):
    terms = (*TERMS, Term("EPR", "PRT"))
    data, lost = format_terms(terms, "pairs")
    lines = data.decode().splitlines()
    assert lines[:4] == [
        "équipe provinciale de reconstruction\tProvincial Reconstruction Team",
        "EPR\tPRT",
        "équipe de reconstruction\tProvincial Reconstruction Team",
        "Allié\tAlly",
    ]
    assert lost == (
        "sources a second time (1)",
        "target_variants (1)",
        "forbidden (1)",
        "case_sensitive (1)",
        "do_not_translate (1)",
        "pos (5)",
        "domain (1)",
        "note (3)",
    )
    (tmp_path / "g.tsv").write_bytes(data)
    assert [f"{term.source}\t{term.target}" for term in load_terms(tmp_path / "g.tsv")] == lines


def test_pairs_give_an_acronym_for_an_acronym_and_a_name_for_a_name():
    force = Term("force de la mer", "Sea Force", ("FM", "la FM"), ("the Force", "SF", "SEAF"))
    data, _ = format_terms(
        [force, Term("UE", "European Union"), Term("Royaume-Uni", "United Kingdom", ("RU",), ("UK",))], "pairs"
    )
    assert data.decode().splitlines() == [
        "force de la mer\tSea Force",
        "FM\tSF",
        "la FM\tSea Force",
        "UE\tEuropean Union",
        "Royaume-Uni\tUnited Kingdom",
        "RU\tUK",
    ]


def test_a_format_that_is_not_there_names_those_that_are():
    with pytest.raises(GlossaryError, match="no glossary format 'pdf'; choose among csv, tsv, pairs, tbx, xlsx"):
        format_terms(TERMS, "pdf")


def test_a_variant_that_would_become_two_is_refused():
    with pytest.raises(GlossaryError, match=r"^g\.tbx:2: source_variants 'a\|b' of 'x' holds"):
        format_terms([Term("x", "y", ("a|b",), origin="g.tbx:2")], "csv")


@pytest.mark.parametrize("name", ["csv", "tsv", "xlsx"])
def test_every_line_break_comes_back(tmp_path: Path, name: str):
    path = tmp_path / f"g.{name}"
    terms = (Term("a", "b", note="old\rMac"), Term("c", "d", note="one\r\ntwo\nthree"))
    path.write_bytes(format_terms(terms, name)[0])
    assert _nameless(load_terms(path)) == terms


# TBX


@pytest.fixture(scope="module")
def schemas() -> Path:
    if not SCHEMAS.is_dir():
        pytest.skip("the TBX schemas are not in ../shared")
    return SCHEMAS


def _broken_rules(schematron: Path, document: bytes) -> list[str]:
    """The messages of a Schematron's assertions that fail; its XPath 2 is beyond libxml2."""
    elementpath = pytest.importorskip("elementpath")
    from lxml import etree  # noqa: PLC0415

    sch = "{http://purl.oclc.org/dsdl/schematron}"
    rules = etree.parse(schematron).getroot()
    spaces = {one.get("prefix"): one.get("uri") for one in rules.iter(f"{sch}ns")}
    parser = elementpath.XPath2Parser(namespaces=spaces)
    root = etree.fromstring(document)
    broken = []
    for rule in rules.iter(f"{sch}rule"):
        tests = [(parser.parse(one.get("test")), one.text) for one in rule.iter(f"{sch}assert")]
        # An element's rules all apply here, where Schematron takes the first of a pattern: that is only stricter.
        for node in parser.parse("//" + rule.get("context")).select(elementpath.XPathContext(root)):
            for test, message in tests:
                context = elementpath.XPathContext(root, item=node)
                if not test.boolean_value(list(test.select(context))):
                    broken.append(message)
    return broken


@pytest.mark.parametrize("terms", [TERMS, load_terms(default_path())[::80]], ids=["ours", "bundled"])
def test_tbx_is_valid(schemas: Path, terms: tuple[Term, ...]):
    from lxml import etree  # noqa: PLC0415

    data = tbx.format(terms)
    grammar = etree.RelaxNG(etree.parse(schemas / "TBXcoreStructV03.rng"))
    grammar.assertValid(etree.fromstring(data))
    assert _broken_rules(schemas / "TBX-Basic_DCA.sch", data) == []


def test_the_schematron_check_finds_what_is_broken(schemas: Path):
    wrong = tbx.format(TERMS).replace(b">noun<", b">pronoun<").replace(b'type="subjectField"', b'type="colour"')
    messages = " ".join(_broken_rules(schemas / "TBX-Basic_DCA.sch", wrong))
    assert "/partOfSpeech/ type may be" in messages
    assert "Permitted type value(s): subjectField" in messages


def test_a_published_example_is_read(schemas: Path):
    example = schemas / "example-astronomy-DCA.tbx"
    with pytest.raises(GlossaryError, match=r"has no French terms \(its languages are en, es, zu\); export it with"):
        read_terms(example)
    terms, findings = tbx.parse(example.read_bytes().replace(b'"es"', b'"fr"'), example)
    assert terms
    assert findings[0].rule == "not-read"
    assert "definition (" in findings[0].message


V2 = b"""<?xml version='1.0'?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><text><body>
<termEntry id="1">
  <descripGrp><descrip type="subjectField">defence</descrip></descripGrp>
  <langSet xml:lang="de"><tig><term>Gebirge</term></tig></langSet>
  <langSet xml:lang="en-US"><tig><term>harbor</term></tig></langSet>
  <langSet xml:lang="en-GB">
    <ntig><termGrp><term>port</term>
      <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></termGrp></ntig>
    <ntig><termGrp><term>harbour
      basin</term><termNote type="partOfSpeech">properNoun</termNote></termGrp></ntig>
    <ntig><termGrp><term>haven</term>
      <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></termGrp></ntig>
  </langSet>
  <langSet xml:lang="fr">
    <tig><term>havre</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
    <tig><term><hi>port</hi> maritime</term><termNote type="partOfSpeech">noun</termNote></tig>
  </langSet>
</termEntry>
<termEntry id="2"><langSet xml:lang="fr"><tig><term>seul</term></tig></langSet></termEntry>
</body></text></martif>"""

DCT = b"""<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"
 xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic"><text><body>
<conceptEntry id="c1"><min:subjectField>defence</min:subjectField>
<langSec xml:lang="en"><termSec><term>NATO</term><basic:termType>acronym</basic:termType></termSec>
<termSec><term>Nato</term><min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec></langSec>
<langSec xml:lang="fr"><termSec><term>OTAN</term><basic:termType>acronym</basic:termType></termSec></langSec>
</conceptEntry></body></text></tbx>"""


def test_tbx_of_other_tools_is_read():
    terms, findings = tbx.parse(V2, Path("x.tbx"))
    assert terms == (
        Term(
            "port maritime",
            "haven",
            ("havre",),
            ("harbour basin", "harbor"),
            forbidden=("port",),
            domain="defence",
            origin="x.tbx:4",
            pos="noun",
        ),
    )
    second = V2[: V2.index(b'id="2"')].count(b"\n") + 1
    assert [(finding.origin, finding.rule, finding.message) for finding in findings] == [
        ("x.tbx:1", "not-read", "what entries have besides is not read: terms in de (1)"),
        (f"x.tbx:{second}", "incomplete", "an entry without a French or an English term is left out"),
    ]
    assert _nameless(tbx.parse(DCT, PATH)[0]) == (
        Term("OTAN", "NATO", pos="acronym", forbidden=("Nato",), domain="defence"),
    )


BOMB = b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><t>&b;</t>'
FOREIGN = b'<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><t>&a;</t>'
UNKNOWN = b'<!DOCTYPE t SYSTEM "t.dtd"><t>\n&a;</t>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (BOMB, r"g\.tbx:1: uses the entity 'a'; export it without entities"),
        (FOREIGN, r"g\.tbx:1: uses the entity 'a'"),
        (UNKNOWN, r"g\.tbx:2: uses the entity 'a'"),
        (b"<tbx>\n<a></b></tbx>", r"g\.tbx:2: is not well-formed XML \(mismatched tag\)"),
        (200 * b"<a>", r"g\.tbx:1: has elements nested deeper than 100"),
        (b"<html/>", r"g\.tbx: has no concepts"),
        (b"", r"g\.tbx: is empty"),
        (b"source,target\na,b\n", r"g\.tbx: is not XML; export it as TBX-Basic, or give it the ending of what it is"),
    ],
)
def test_hostile_and_broken_tbx(tmp_path: Path, data: bytes, message: str):
    (tmp_path / "g.tbx").write_bytes(data)
    with pytest.raises(GlossaryError, match=message):
        load_terms(tmp_path / "g.tbx")


def _concept(*languages: str) -> str:
    return "".join(f'<langSec xml:lang="{code}"><termSec><term>x</term></termSec></langSec>' for code in languages)


@pytest.mark.parametrize(
    ("concepts", "message"),
    [
        (
            [("de", "en-GB")],
            r"g: has no French terms \(its languages are de, en-gb\); export it with French and English",
        ),
        ([("fr", "de")], r"g: has no English terms \(its languages are de, fr\)"),
        ([("de",)], r"g: has no French or English terms"),
        ([("fr",), ("en",)], r"g: has no entry with both a French and an English term"),
    ],
)
def test_a_termbase_of_other_languages_is_refused(concepts: list[tuple[str, ...]], message: str):
    body = "".join(f"<conceptEntry>{_concept(*languages)}</conceptEntry>" for languages in concepts)
    with pytest.raises(GlossaryError, match=message):
        tbx.parse(f"<tbx>{body}</tbx>".encode(), PATH)


def test_what_tbx_does_not_hold_is_said():
    terms = [Term("a", "b\x01", note="one\n  two"), Term("c", "d", note="aligner:pos=noun"), *TERMS]
    data, lost = format_terms(terms, "tbx")
    assert lost == ("control characters (1)", "indents of lines (1)", "notes that look like ours (1)")
    assert [term.note for term in tbx.parse(data, PATH)[0][:2]] == ["one two", ""]


def test_tbx_cannot_be_empty():
    with pytest.raises(GlossaryError, match="has no entries"):
        tbx.format(())


# Excel


def test_a_broken_workbook_is_a_broken_glossary(tmp_path: Path):
    (tmp_path / "g.xlsx").write_bytes(b"not a zip")
    with pytest.raises(
        GlossaryError,
        match=r"g\.xlsx: is not an Excel workbook; save it as \.xlsx, or give it the ending of what it is",
    ):
        load_terms(tmp_path / "g.xlsx")


def test_text_beyond_a_cell_is_refused():
    with pytest.raises(FileError, match="more than 32767 characters"):
        format_terms([Term("a", "b", note="x" * 32_768)], "xlsx")


def test_workbooks_of_other_tools_are_read(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "hidden"
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Termes")
    for row in (
        ("Terme", None, "Traduction", "Casse", "Date", "Note"),
        ("OTAN", None, "NATO", True, 3.5, "<b> & x"),
        (None, None, None),
        ("0012", None, 12, False, None, "=1+1"),
    ):
        sheet.append(row)
    book.active = 1
    book.save(tmp_path / "g.xlsx")
    terms, findings = read_terms(tmp_path / "g.xlsx")
    assert terms == (
        Term("OTAN", "NATO", case_sensitive=True, note="<b> & x", origin="g.xlsx:2"),
        Term("0012", "12", origin="g.xlsx:4"),  # a formula that was never calculated is worth nothing
    )
    assert [finding.message for finding in findings] == ["the column 'Date' is not read"]


def _workbook(path: Path, **sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path


COVER, TERMS_SHEET = (
    [["Glossaire", "OTAN"], ["Version", "3"]],
    [["Termes"], [], ["Terme", "Traduction"], ["OTAN", "NATO"]],
)


def test_the_sheet_with_a_header_is_read_below_its_title(tmp_path: Path):
    path = _workbook(tmp_path / "g.xlsx", Accueil=COVER, Vide=[], Termes=TERMS_SHEET, Suite=TERMS_SHEET)
    terms, findings = read_terms(path)
    assert terms == (Term("OTAN", "NATO", origin="g.xlsx:4"),)
    assert [(finding.severity, finding.line, finding.message) for finding in findings] == [
        (Severity.INFO, 1, "the sheet 'Accueil' is not read, but 'Termes'"),
        (Severity.WARNING, 1, "the sheet 'Suite' is not read, but 'Termes'"),
        (Severity.INFO, 3, "1 row above the header not read"),
    ]


def test_a_workbook_without_a_header_needs_one_unless_it_has_one_sheet(tmp_path: Path):
    alone = _workbook(tmp_path / "g.xlsx", Vide=[], Termes=[["OTAN", "NATO"]])
    assert load_terms(alone) == (Term("OTAN", "NATO", origin="g.xlsx:1"),)
    with pytest.raises(
        GlossaryError, match=r"has no header on any of its sheets, 'A', 'B'; name the columns source and"
    ):
        load_terms(_workbook(tmp_path / "g.xlsx", A=COVER, B=[["OTAN", "NATO"]]))


@pytest.mark.parametrize("header", [[], [["Terme", "Traduction"]], [["Glossaire"], ["Terme", "Traduction"]]])
def test_remarks_in_a_column_without_a_name_are_no_obstacle(tmp_path: Path, header: list[list[str]]):
    body = [["OTAN", "NATO"], ["UE", "EU", "", "à vérifier"], ["", "", "vu"], ["ONU", "UN", "oui"]]
    terms, findings = read_terms(_workbook(tmp_path / "g.xlsx", A=[*header, *body]))
    assert [(term.source, term.target) for term in terms] == [("OTAN", "NATO"), ("UE", "EU"), ("ONU", "UN")]
    (finding,) = [one for one in findings if one.severity is not Severity.INFO]
    assert finding.message == (
        "'à vérifier' is in a column without a name, and is not read, nor is what 2 more rows have there"
    )
    assert (finding.rule, finding.severity, finding.line) == ("unnamed-column", Severity.WARNING, len(header) + 2)


def test_an_empty_workbook_has_no_entries(tmp_path: Path):
    terms, findings = read_terms(_workbook(tmp_path / "g.xlsx", A=[]))
    assert (terms, [finding.rule for finding in findings]) == ((), ["no-entries"])


def test_a_workbook_of_too_many_columns_is_refused(tmp_path: Path):
    (tmp_path / "g.xlsx").write_bytes(write_rows([["source", "target", *map(str, range(199))]], title="x"))
    with pytest.raises(GlossaryError, match="more than 200 columns"):
        load_terms(tmp_path / "g.xlsx")
