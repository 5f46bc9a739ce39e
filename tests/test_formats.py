"""One contract for all formats, then what each promises.

The expected files in golden/formats are written by `python tests/test_formats.py`; read the difference before
committing it.
"""

import csv
import io
import json
import os
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aligner.errors import AlignerError, FileError
from aligner.formats import FORMATS, find_format, jsonl, moses, text, tmx, tsv, xliff
from aligner.formats.corpus import write_corpus
from aligner.formats.files import replacing, safe_path, write_atomic
from aligner.formats.units import fingerprint
from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Change,
    Document,
    Issue,
    Link,
    Pair,
    ReviewStatus,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)

GOLDEN = Path(__file__).parent / "golden" / "formats"
TMX_DTD = Path(__file__).parents[2] / "shared" / "schemas" / "tmx14.dtd"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def bitext_of(name, *blocks, tail=""):
    """A bitext from blocks of (layout before, kind, (segment, layout, segment, ...)), its targets upper-cased."""
    content, made, pairs = "", [], []
    for layout, kind, parts in blocks:
        content += layout
        block = Block(kind, len(content), len(content) + len("".join(parts)))
        made.append(block)
        for index, part in enumerate(parts):
            start, content = len(content), content + part
            if index % 2 == 0:
                segment = Segment(f"s{len(pairs) + 1}", part, start, len(content), block)
                pairs.append(Pair(segment, draft=part, target=part.upper()))
    return Bitext(Document(name, content + tail, tuple(made)), tuple(pairs))


def with_targets(bitext, *targets):
    pairs = zip(bitext.pairs, targets, strict=True)
    return replace(bitext, pairs=tuple(replace(pair, target=target) for pair, target in pairs))


def sample():
    """A page with a date line, a wrapped list item, an acronym put right, a 2-1 and a 1-0 link and an issue."""
    bitext = with_targets(
        bitext_of(
            "exercices/loutre-2024",
            ("", BlockKind.HEADING, ("L'exercice « Loutre grise » s'achève",)),
            ("\n\n  • ", BlockKind.DATE_LINE, ("Mis à jour le: 13 Oct. 2023 15:52",)),
            ("\n\n", BlockKind.PARAGRAPH, ("La FIAS a salué l'effort.", " ", "Il fut bref & <net>.")),
            ("\n\n- ", BlockKind.BULLET, ("Douze frégates ont pris\n  la mer.", "\n  ", "Aucune ne manque.")),
            tail="\n",
        ),
        "Exercise ‘Grey Otter’ comes to an end",
        "Updated: 13 Oct. 2023 15:52",
        "ISAF praised the effort.",
        "It was brief & <sharp>.",
        "Twelve frigates put to sea.",
        "None is missing.",
    )
    third, fourth = bitext.pairs[2:4]
    hit = TermHit(Term("FIAS", "ISAF", ("F.I.A.S.",), case_sensitive=True, origin="nato.csv:7"), 3, 7)
    third = replace(
        third,
        draft="FIAS praised the effort.",
        score=-0.25,
        outcomes=(TermOutcome(hit, TermStatus.SUBSTITUTED, 0, 4),),
        changes=(Change("term", 0, "FIAS", "ISAF"),),
    )
    fourth = replace(fourth, score=-1.5, issues=(Issue("length", Severity.WARNING, "much shorter than its source"),))
    return replace(
        bitext,
        pairs=(*bitext.pairs[:2], third, fourth, *bitext.pairs[4:]),
        references=("Briefly, the effort was saluted by ISAF.",),
        links=(Link((2, 3), (0,), 0.75), Link((4,), (), 0.0)),
    )


LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
HOSTILE = (
    "<script>alert(1)</script>",
    "]]>&amp;<!--",
    "=cmd|'/C calc'!A0 \"quoted\"",
    "\t=1+1\tb",
    "a\0b\x1b[31m\x7f\ufffe",
    "\u202eשלום مرحبا",
    "\ufeffBOM",
    f"a{'b'.join(LINE_BREAKS)}c",
    "fin\n",
    "\n",
    " ",
    "",
    "😀 e\u0301",
)

LONE_SURROGATES = "\ud800 seul, \udc00\ud800"

# Texts as rude as they come, and texts that a reader of documents can have produced: one line, no blank around.
any_text = st.text() | st.sampled_from(HOSTILE)
no_breaks = st.characters(exclude_categories=["Cs"], exclude_characters=LINE_BREAKS)
one_line_text = st.text(no_breaks, min_size=1).filter(lambda line: line == line.strip())
words = st.from_regex("[aé]([aé'\u00a0-]{0,7}[aé.])?", fullmatch=True)

terms = st.builds(
    Term,
    source=any_text,
    target=any_text,
    source_variants=st.lists(any_text, max_size=2).map(tuple),
    case_sensitive=st.booleans(),
    forbidden=st.lists(any_text, max_size=2).map(tuple),
    origin=any_text,
)
numbers = st.integers(-1, 99)
hits = st.builds(TermHit, terms, numbers, numbers, st.lists(terms, max_size=1).map(tuple))
outcomes = st.builds(TermOutcome, hits, st.sampled_from(TermStatus), numbers)
changes = st.builds(Change, any_text, numbers, any_text, any_text)
issues = st.builds(Issue, any_text, st.sampled_from(Severity), any_text)


@st.composite
def bitexts(draw, sentence=any_text):
    layout = st.sampled_from(["\n", "\r\n\r\n", "\n  • ", "\n- ", "\u00a0\n"])
    gap = st.sampled_from([" ", "  ", "\u00a0", "", "\n"])
    blocks = []
    for _ in range(draw(st.integers(0, 3))):
        first, *others = draw(st.lists(sentence, min_size=1, max_size=3))
        parts = (first, *(part for other in others for part in (draw(gap), other)))
        blocks.append((draw(layout), draw(st.sampled_from(BlockKind)), parts))
    bitext = bitext_of(draw(any_text), *blocks, tail=draw(layout))
    pairs = tuple(
        replace(
            pair,
            draft=draw(any_text),
            target=draw(sentence),
            score=draw(st.floats(allow_nan=False, allow_infinity=False)),
            outcomes=tuple(draw(st.lists(outcomes, max_size=1))),
            changes=tuple(draw(st.lists(changes, max_size=1))),
            issues=tuple(draw(st.lists(issues, max_size=2))),
            status=draw(st.sampled_from(ReviewStatus)),
            comment=draw(any_text),
        )
        for pair in bitext.pairs
    )
    references = tuple(draw(st.lists(any_text, max_size=2)))
    everything = Link(tuple(range(len(pairs))), tuple(range(len(references))), draw(st.floats(0, 1)))
    return replace(bitext, pairs=pairs, references=references, links=draw(st.sampled_from([(), (everything,)])))


def hostile_bitext():
    lines = (*HOSTILE, LONE_SURROGATES)
    blocks = [("\n\n", BlockKind.PARAGRAPH, (line,)) for line in lines]
    return with_targets(bitext_of("<a>&\0\ud800", *blocks), *reversed(lines))


def reviewed_bitext():
    """A pair in every status, with rude comments and a rude name."""
    bitext = with_targets(bitext_of("=né\tà/<b>", ("", BlockKind.BULLET, ("a", " ", "b", " ", "c", " ", "d"))), *"ABCD")
    comments = ("=1+1", '<b> & "c"', "", "_x0041_")
    pairs = zip(bitext.pairs, ReviewStatus, comments, strict=True)
    return replace(bitext, pairs=tuple(replace(pair, status=status, comment=note) for pair, status, note in pairs))


CASES = {
    "empty": bitext_of("vide"),
    "layout alone": bitext_of("blanc", tail="\n\n"),
    "sample": sample(),
    "hostile": hostile_bitext(),
    "reviewed": reviewed_bitext(),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_keeps_the_contract(name, case):
    form = find_format(name)
    files = form.write(CASES[case])
    assert tuple(files) == form.suffixes
    assert form.write(CASES[case]) == files
    for data in files.values() if name != "xlsx" else ():
        content = data.decode()  # UTF-8, without lone surrogates
        if name != "text":  # whose line ends are the source's
            assert not content or content.endswith("\n")
            assert "\r" not in content
        assert content.startswith("\ufeff") == (name == "tsv")


TEXT_FORMATS = [name for name in FORMATS if name != "xlsx"]


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_golden(name, monkeypatch):
    for module in (tmx, xliff):
        monkeypatch.setattr(module, "__version__", "0")
    for suffix, data in FORMATS[name].write(sample()).items():
        assert data.decode() == (GOLDEN / f"loutre{suffix}").read_text(encoding="utf-8")


def test_no_two_formats_write_the_same_file():
    suffixes = [suffix for form in FORMATS.values() for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(name == form.name for name, form in FORMATS.items())


def test_unknown_format_lists_the_known():
    with pytest.raises(AlignerError, match=r"no format 'pdf'; choose among moses, tsv, jsonl, tmx, text, xliff, xlsx"):
        find_format("pdf")


# Moses


@given(bitexts())
def test_moses_has_a_line_a_pair_for_every_kind_of_reader(bitext):
    for data in moses.write(bitext).values():
        assert data.count(b"\n") == len(data.decode().splitlines()) == len(bitext.pairs)


@given(bitexts(one_line_text))
def test_moses_changes_nothing_but_line_breaks(bitext):
    files = moses.write(bitext)
    assert files[".fr"].decode().splitlines() == [pair.source.text for pair in bitext.pairs]
    assert files[".en"].decode().splitlines() == [pair.target for pair in bitext.pairs]


# TSV


def read_tsv(bitext):
    table = io.StringIO(tsv.write(bitext)[".tsv"].decode("utf-8-sig"), newline="")
    return list(csv.DictReader(table, dialect="excel-tab", strict=True))


def undo(cell):
    """The text of a cell, by the rules in the format's description."""
    if re.match(r"''*\s*[=+\-@＝＋－＠]", cell):
        cell = cell[1:]
    named = {r"\\": "\\", r"\t": "\t"}
    return re.sub(r"\\(x..|.)", lambda escape: named.get(escape[0]) or chr(int(escape[1][1:], 16)), cell)


@given(bitexts(one_line_text))
def test_tsv_reads_back(bitext):
    rows = read_tsv(bitext)
    assert [undo(row["source"]) for row in rows] == [pair.source.text for pair in bitext.pairs]
    assert [undo(row["target"]) for row in rows] == [pair.target for pair in bitext.pairs]
    assert [float(row["score"]) for row in rows] == [pair.score for pair in bitext.pairs]
    assert [tsv.text_of(row["target"]) for row in rows] == [pair.target for pair in bitext.pairs]


@given(bitexts())
def test_tsv_has_a_line_a_pair_and_runs_no_formula(bitext):
    lines = tsv.write(bitext)[".tsv"].decode("utf-8-sig").splitlines()
    assert len(lines) == len(bitext.pairs) + 1
    for row in read_tsv(bitext):
        cells = [cell for column, cell in row.items() if column != "score"]
        assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠\t\r")) for cell in cells)


@pytest.mark.parametrize(
    ("target", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" \u00a0@SUM(A1)", "' \u00a0@SUM(A1)"),
        ("'=1", "''=1"),
        ("+32 2 707 41 11", "'+32 2 707 41 11"),
        ("- the Alliance", "'- the Alliance"),
        ("– the Alliance", "– the Alliance"),
        ("— the Alliance", "— the Alliance"),
        ("'Otter' = otter", "'Otter' = otter"),
        ("\t=1", r"\t=1"),
        ("C:\\new", r"C:\\new"),
        ("a\0b", r"a\x00b"),
        ("a\r\nb", "a b"),
    ],
)
def test_tsv_cells(target, cell):
    (row,) = read_tsv(with_targets(bitext_of("x", ("", BlockKind.PARAGRAPH, ("a",))), target))
    assert row["target"] == cell


# JSON Lines


@given(bitexts())
def test_jsonl_reads_back_exactly(bitext):
    data = jsonl.write(bitext)[".jsonl"]
    assert len(data.decode().splitlines()) == len(bitext.pairs) + 1
    back = jsonl.read(data)
    assert back == bitext
    assert jsonl.write(back)[".jsonl"] == data


def test_jsonl_replaces_lone_surrogates_in_place():
    back = jsonl.read(jsonl.write(bitext_of("x", ("", BlockKind.PARAGRAPH, (LONE_SURROGATES,))))[".jsonl"])
    assert back.pairs[0].source.text == back.document.text == "\ufffd seul, \ufffd\ufffd"


def test_jsonl_pair_shows_its_reference():
    records = [json.loads(line) for line in jsonl.write(sample())[".jsonl"].splitlines()]
    link = {"source": [2, 3], "target": [0], "score": 0.75}
    unmatched = {"source": [4], "target": [], "score": 0.0}
    assert [record["link"] for record in records[1:]] == [None, None, link, link, unmatched, None]
    reference = "Briefly, the effort was saluted by ISAF."
    assert [record["reference"] for record in records[1:]] == [None, None, reference, reference, None, None]


def test_jsonl_refuses_a_score_that_is_no_number():
    bitext = sample()
    with pytest.raises(ValueError, match="not JSON compliant"):
        jsonl.write(replace(bitext, pairs=(replace(bitext.pairs[0], score=float("nan")),)))


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        (1, b'"text"', b'"txet"'),
        (1, b'"blocks": [', b'"blocks": ["x", '),
        (1, b'"heading"', b'"poem"'),
        (2, b'"start": 0', b'"start": 1'),
        (2, b'"start": 0', b'"start": true'),
        (2, b'"start": 0', b'"start": "0"'),
        (2, b'"score": 0.0', b'"score": 1' + 400 * b"0"),
        (3, b'{"record"', b"[" * 100_000),
        (3, b"{", b""),
        (4, b"FIAS", b"\xff"),
        (4, b'"substituted"', b'["substituted"]'),
    ],
)
def test_jsonl_names_the_line_that_is_wrong(line, old, new):
    lines = jsonl.write(sample())[".jsonl"].splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    with pytest.raises(FileError, match=rf"^loutre\.jsonl:{line}: is no record of a bitext: "):
        jsonl.read(b"".join(lines), "loutre.jsonl")


def test_jsonl_of_earlier_versions_has_no_status():
    lines = [json.loads(line) for line in jsonl.write(sample())[".jsonl"].splitlines()]
    for line in lines[1:]:
        del line["status"], line["comment"]
        for hit in line["hits"]:
            del hit["alternatives"]
    assert jsonl.read("".join(f"{json.dumps(line)}\n" for line in lines).encode()) == sample()


def test_jsonl_empty_file():
    with pytest.raises(FileError, match=r"^loutre\.jsonl: is empty"):
        jsonl.read(b"", "loutre.jsonl")


# TMX


def in_xml(line):
    """A text on one line, without the characters that XML 1.0 does not know."""
    lines = line.splitlines()
    if lines != [line]:
        line = " ".join(part.strip() for part in lines)
    return "".join(c for c in line if c == "\t" or "\x20" <= c <= "\ufffd" or c >= "\U00010000")


def parse_tmx(data):
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


@given(bitexts())
def test_tmx_reads_back(bitext):
    expected = [(in_xml(pair.source.text), in_xml(pair.target)) for pair in bitext.pairs]
    tree = parse_tmx(tmx.write(bitext)[".tmx"])
    units = [tuple(tuv.findtext("seg") for tuv in unit.iter("tuv")) for unit in tree.iter("tu")]
    assert units == [sides for sides in expected if all(side.strip() for side in sides)]
    assert {tuple(tuv.get(XML_LANG) for tuv in unit.iter("tuv")) for unit in tree.iter("tu")} <= {("fr", "en-GB")}


def test_tmx_properties():
    header, body = parse_tmx(tmx.write(sample())[".tmx"])
    assert (header.get("srclang"), header.get("segtype"), header.get("creationdate")) == ("fr", "sentence", None)
    unit = body[3]
    assert unit.get("tuid") == "s4"
    assert {prop.get("type"): prop.text for prop in unit.iter("prop")} == {
        "x-document": "exercices/loutre-2024",
        "x-kind": "paragraph",
        "x-score": "-1.5",
        "x-status": "warning",
        "x-review": "draft",
        "x-written": fingerprint(sample().pairs[3].target),
    }
    assert unit.findtext("note") == "warning length: much shorter than its source"
    assert body[2].findtext("prop[@type='x-status']") == "ok"


def test_tmx_ids_are_escaped():
    pair = sample().pairs[0]
    bitext = replace(sample(), pairs=(replace(pair, source=replace(pair.source, id="\"<&>'")),))
    assert parse_tmx(tmx.write(bitext)[".tmx"]).find(".//tu").get("tuid") == "\"<&>'"


def test_tmx_status_is_the_worst():
    bitext = sample()
    found = tuple(Issue("c", severity, "m") for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING))
    bitext = replace(bitext, pairs=(replace(bitext.pairs[0], issues=found),))
    assert parse_tmx(tmx.write(bitext)[".tmx"]).findtext(".//prop[@type='x-status']") == "error"


def test_tmx_date_is_the_one_passed_in():
    data = tmx.write(sample(), created=datetime.fromisoformat("2024-05-06T01:08:09+02:00"))[".tmx"]
    assert parse_tmx(data).find("header").get("creationdate") == "20240505T230809Z"


@pytest.mark.skipif(not TMX_DTD.exists(), reason=f"the TMX DTD is not at {TMX_DTD}")
@pytest.mark.parametrize("case", CASES)
def test_tmx_is_valid(case):
    with TMX_DTD.open("rb") as file:
        dtd = etree.DTD(file)
    tree = parse_tmx(tmx.write(CASES[case], created=datetime(2024, 5, 6, tzinfo=UTC))[".tmx"])
    assert dtd.validate(tree), dtd.error_log


# Text


def untranslated(bitext):
    return with_targets(bitext, *(pair.source.text for pair in bitext.pairs))


@given(bitexts(one_line_text))
def test_text_of_an_untranslated_document_is_the_document(bitext):
    assert text.rebuild(untranslated(bitext)) == bitext.document.text


@given(
    st.lists(words, min_size=1, max_size=30),
    st.integers(5, 40),
    st.sampled_from(["", "  ", "\t"]),
    st.sampled_from(["", "• ", "12. "]),
)
def test_text_fills_a_wrapped_block_within_its_width(tokens, width, indent, bullet):
    lines = [bullet]
    for token in tokens:
        if len(lines[-1]) + len(token) > width and lines[-1] not in {bullet, indent}:
            lines.append(indent)
        lines[-1] += f"{token} "
    source = "\r\n".join(line.rstrip(" ") for line in lines)
    bitext = bitext_of("x", (f"Titre\r\n\r\n{bullet}", BlockKind.BULLET, (source[len(bullet) :],)), tail="\r\n\r\nFin")
    rebuilt = text.rebuild(untranslated(bitext))
    assert rebuilt.split() == bitext.document.text.split()
    body = rebuilt.removeprefix("Titre\r\n\r\n").removesuffix("\r\n\r\nFin").split("\r\n")
    assert max(map(len, body)) <= max(map(len, source.split("\r\n")))
    assert all(line.startswith(indent) for line in body[1:])


def test_text_wraps_a_longer_translation_as_its_source():
    source = ("Le navire a quitté\n    le port.", " ", "Il reviendra\n    demain.")
    bitext = bitext_of("x", ("\n - ", BlockKind.BULLET, source), tail="\n\n")
    translated = with_targets(bitext, "The\tship has now left its home port.", "It will be back tomorrow.")
    # No longer than "    le port. Il reviendra".
    filled = (" - The\tship has now left", "    its home port. It", "    will be back", "    tomorrow.")
    assert text.rebuild(translated) == "\n" + "\n".join(filled) + "\n\n"


def test_text_keeps_the_lines_of_an_address():
    lines = ("Chancellerie", "\n", "12 rue du Phare", "\n  ", "Tél. : 01 02")
    bitext = bitext_of("x", ("", BlockKind.ADDRESS, lines))
    translated = with_targets(bitext, "Chancellery\nof the Order of the Lighthouse", "12 rue du Phare", "Tel.: 01 02")
    assert text.rebuild(translated) == ("Chancellery of the Order of the Lighthouse\n12 rue du Phare\n  Tel.: 01 02")


# Files


def test_write_atomic_replaces_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new" / "a.fr"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.fr"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"new", "not bytes"])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_written_files_have_the_usual_permissions(tmp_path):
    write_atomic(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("name", ["a", "sub/a", "été 2024/Réunion n° 3", "..a", "a..b", ".a", "a b. c"])
def test_safe_path_takes_ordinary_names(tmp_path, name):
    assert safe_path(tmp_path, name, ".fr") == Path(f"{tmp_path}/{name}.fr")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../a", "a/../../b", "a/..", "/etc/passwd", "//host/a", "\\\\host\\a", "..\\a", "a//b", "a/",
     "a/. /b", "a/.. /b", "a/.../b", "a\0b", "\ud800"],
)  # fmt: skip
def test_safe_path_refuses(tmp_path, name):
    with pytest.raises(AlignerError, match="does not stay below"):
        safe_path(tmp_path, name)


def test_safe_path_follows_no_link_out(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    with pytest.raises(AlignerError, match="does not stay below"):
        safe_path(tmp_path / "out", "link/a")


@given(st.lists(st.sampled_from([*"./\\ :~\0a", "..", "C:"]) | st.text(max_size=3), max_size=8).map("".join))
def test_safe_path_never_escapes(name):
    root = Path.cwd() / "outputs"
    try:
        path = safe_path(root, name, ".fr")
    except AlignerError:
        return
    assert os.path.normpath(path).startswith(f"{root}{os.sep}")
    assert os.fsencode(path).endswith(b".fr")


# Corpus


def test_corpus_is_the_documents_one_after_another(tmp_path):
    documents = [sample(), hostile_bitext(), bitext_of("vide")]
    paths = write_corpus(tmp_path, iter(documents))
    assert [path.name for path in paths] == ["corpus.fr", "corpus.en", "corpus.tmx"]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for path, suffix in zip(paths, moses.SUFFIXES, strict=False):
        assert path.read_bytes() == b"".join(moses.write(document)[suffix] for document in documents)
    singles = [parse_tmx(tmx.write(document)[".tmx"]) for document in documents]
    units = [etree.tostring(unit) for tree in singles for unit in tree.iter("tu")]
    assert [etree.tostring(unit) for unit in parse_tmx(paths[2].read_bytes()).iter("tu")] == units


def test_corpus_that_fails_half_way_leaves_the_old_one(tmp_path):
    paths = write_corpus(tmp_path, [sample()])
    before = [path.read_bytes() for path in paths]

    def broken():
        yield hostile_bitext()
        raise FileError("lost", "find it")

    with pytest.raises(FileError):
        write_corpus(tmp_path, broken())
    assert [path.read_bytes() for path in paths] == before
    assert sorted(tmp_path.iterdir()) == sorted(paths)


if __name__ == "__main__":
    tmx.__version__ = xliff.__version__ = "0"
    for name in TEXT_FORMATS:
        for suffix, data in FORMATS[name].write(sample()).items():
            (GOLDEN / f"loutre{suffix}").write_bytes(data)
            print(GOLDEN / f"loutre{suffix}", file=sys.stderr)
