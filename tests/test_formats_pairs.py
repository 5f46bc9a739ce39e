"""Pairs come out alike of every bilingual file."""

from pathlib import Path

import pytest

from aligner.errors import FileError
from aligner.formats import FORMATS
from aligner.formats.pairs import READERS, TextPair, read_pairs
from aligner.model import Bitext, Block, BlockKind, Document, Pair, ReviewStatus, Segment

SIDES = (("L'été,\nla mer.", "Summer, the sea."), ("=1 \\t\t«\u00a0x\u00a0»", "- <b>'&' ünd\u2028on"))
LINES = [(" ".join(source.splitlines()), " ".join(target.splitlines())) for source, target in SIDES]


def bitext_of(name="jours/été", status=ReviewStatus.REVIEWED):
    text = "\n\n".join(source for source, _ in SIDES)
    block = Block(BlockKind.PARAGRAPH, 0, len(text))
    pairs, start = [], 0
    for number, (source, target) in enumerate(SIDES, 1):
        segment = Segment(f"s{number}", source, start, start + len(source), block)
        pairs.append(Pair(segment, target, target, score=-0.5, status=status))
        start += len(source) + 2
    return Bitext(Document(name, text, (block,)), tuple(pairs))


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sides(path):
    return [(pair.source, pair.target) for pair in read_pairs(path)]


@pytest.mark.parametrize("suffix", [".fr", ".en", ".tsv", ".jsonl", ".tmx", ".xliff"])
def test_our_files(tmp_path, suffix):
    for form in FORMATS.values():
        for ending, data in form.write(bitext_of()).items():
            put(tmp_path, f"note{ending}", data)
    pairs = list(read_pairs(tmp_path / f"note{suffix}"))
    assert [(pair.source, pair.target) for pair in pairs] == LINES
    assert all(pair.line > 0 and Path(pair.file).parent == tmp_path for pair in pairs)
    if suffix not in {".fr", ".en"}:
        assert [(pair.id, pair.score) for pair in pairs] == [("s1", -0.5), ("s2", -0.5)]
    if suffix in {".jsonl", ".tmx", ".xliff"}:
        assert {(pair.document, pair.status) for pair in pairs} == {("jours/été", ReviewStatus.REVIEWED)}


def test_an_outputs_folder(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        put(tmp_path / name, f"{name}.jsonl", FORMATS["jsonl"].write(bitext_of(name))[".jsonl"])
    for log in ("a/a.edits.jsonl", "conflicts.jsonl"):
        (tmp_path / log).write_text("{}\n", encoding="utf-8")
    assert [(pair.document, pair.id) for pair in read_pairs(tmp_path)] == [
        (name, identity) for name in ("a", "b") for identity in ("s1", "s2")
    ]


TWO = [("un", "one"), ("deux", "two")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "un\tone\ndeux\ttwo\n"),
        ("a.TSV", "\ufeffun\tone\r\ndeux\ttwo\r\n"),
        ("a.tsv", "un\tone\ndeux\ttwo".encode("utf-16")),
        ("a.tsv", 'Target\tnote\tSOURCE\none\t"a\tb\nc"\tun\n\ntwo\t\tdeux\n'),
    ],
)
def test_tables(tmp_path, name, content):
    assert sides(put(tmp_path, name, content)) == TWO


def test_bare_columns_are_taken_as_they_are(tmp_path):
    assert sides(put(tmp_path, "a.tsv", '"un" \\n\t\'=1\n\nx\t\n')) == [('"un" \\n', "'=1"), ("x", "")]


TMX = """<?xml version="1.0" encoding="UTF-16"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en-US"/><body>
<tu><tuv xml:lang="EN-us"><seg>one</seg></tuv><tuv xml:lang="fr_CA"><seg>un</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>zwei</seg></tuv><tuv xml:lang="fr"><seg>deux</seg></tuv></tu>
<tu tuid="7"><tuv xml:lang="FR-FR"><seg>un <bpt i="1">&lt;b></bpt>gr<hi>an</hi>d<ept i="1">&lt;/b></ept
><ph type="lb"/>chat<it pos="begin"><sub>non</sub></it>.</seg></tuv>
<tuv lang="en"><seg>a big\n  cat.</seg></tuv><tuv xml:lang="en-GB"><seg>not I</seg></tuv></tu></body></tmx>"""


def test_tmx_of_others(tmp_path):
    path = put(tmp_path, "a.tmx", TMX.encode("utf-16"))
    assert list(read_pairs(path)) == [
        TextPair("un", "one", str(path), 4),
        TextPair("un grand chat.", "a big cat.", str(path), 6, "7"),
    ]


def test_tmx_in_windows_1252(tmp_path):
    content = TMX.replace("UTF-16", "Windows-1252").replace(">un<", ">œuvré<")
    assert sides(put(tmp_path, "a.tmx", content.encode("cp1252")))[0] == ("œuvré", "one")


XLIFF_2 = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:x="urn:x" version="2.1"
srcLang="{}" trgLang="{}">
<file id="f1"><unit id="u1"><x:unit/><notes><note>hm</note></notes>
<segment id="a" state="final"><source>un <pc id="1">grand</pc><ph id="2" subType="xlf:lb"/>chat</source
><target>a <mrk id="m" type="term">big</mrk> <cp hex="0007"/>cat</target></segment>
<ignorable><source> </source></ignorable><segment><source>x</source></segment></unit></file></xliff>"""


def test_xliff_2(tmp_path):
    first, second = read_pairs(put(tmp_path, "a.xlf", XLIFF_2.format("fr", "en")))
    assert (first.source, first.target, first.id, first.document) == ("un grand chat", "a big cat", "u1.a", "f1")
    assert (first.status, first.comment) == (ReviewStatus.REVIEWED, "hm")
    assert (second.source, second.target, second.id, second.status) == ("x", "", "u1.2", None)


def test_xliff_into_french_is_turned_round(tmp_path):
    assert sides(put(tmp_path, "a.xlf", XLIFF_2.format("en-GB", "fr-BE")))[0] == ("a big cat", "un grand chat")


def test_xliff_1_is_cut_where_its_tool_cut_it(tmp_path):
    content = """<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:sdl="urn:sdl" version="1.2">
<file original="a" source-language="fr-FR" target-language="en-GB"><body><trans-unit id="u">
<source>Un. Deux.</source><seg-source><g id="1"><mrk mtype="seg" mid="4">Un.</mrk> <mrk mtype="seg" mid="5">Deux.</mrk
></g></seg-source><target><mrk mtype="seg" mid="5">Two.</mrk></target>
<sdl:seg-defs><sdl:trans-unit/></sdl:seg-defs></trans-unit></body></file></xliff>"""
    pairs = list(read_pairs(put(tmp_path, "a.xliff", content)))
    assert [(pair.id, pair.source, pair.target) for pair in pairs] == [("u.4", "Un.", ""), ("u.5", "Deux.", "Two.")]


def test_large_files_are_read_as_a_stream(tmp_path):
    unit = '<tu><tuv xml:lang="fr"><seg>un</seg></tuv><tuv xml:lang="en"><seg>one</seg></tuv></tu>'
    path = put(tmp_path, "a.tmx", f'<tmx version="1.4"><body>{5000 * unit}</body></broken>')
    pairs = read_pairs(path)
    assert next(pairs).target == "one"
    with pytest.raises(FileError, match="mismatched tag"):
        list(pairs)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", "", f"is no bilingual file; give one that ends in {', '.join(READERS)}"),
        ("a.tsv", "un\tone\nun\tdeux\ttrois\n", ":2: has 3 columns where"),
        ("a.tsv", "source\ttarget\nun\n", ":2: has too few columns"),
        ("a.tsv", 'source\ttarget\nun\tone\n"x"y\tz\n', ":3: has a quote that closes before its cell ends"),
        ("a.tsv", "source\ttarget\tscore\nun\tone\thigh\n", ":2: has the score"),
        ("a.tsv", b"un\tone\n\xe9\tx\n", ":2: is not UTF-8"),
        ("a.jsonl", '{"record": "document", "name": "a"}\n[]\n', ":2: is no record of a bitext: it is a list"),
        ("a.jsonl", "\n", ":1: is no record of a bitext: it is empty"),
        ("a.fr", "un\ndeux\n", r"a\.en: does not exist"),
        ("a.tmx", "<html/>", "is no TMX file"),
        ("a.tmx", '<tmx><tu><tuv xml:lang="de"><seg/></tuv></tu></tmx>', "has no French-English units"),
        ("a.xlf", '<xliff version="1.2"><file source-language="de" target-language="en"><trans-unit/></file></xliff>',
         ":1: translates from 'de' into 'en'"),
        ("a.xlf", "<tmx/>", "is no XLIFF file"),
        ("a.xlf", b'<?xml version="1.0" encoding="x-none"?><xliff/>', ":1: is not well-formed XML"),
    ],
)  # fmt: skip
def test_errors_name_file_and_line(tmp_path, name, content, message):
    with pytest.raises(FileError, match=f"{name[:1]}\\.[a-z]+.*{message}" if "exist" not in message else message):
        list(read_pairs(put(tmp_path, name, content)))


def test_sides_of_different_length(tmp_path):
    put(tmp_path, "a.fr", "un\ndeux\n")
    with pytest.raises(FileError, match=r"a\.en: has no line 2; give both sides as many lines"):
        list(read_pairs(put(tmp_path, "a.en", "one\n")))


def test_missing_files_and_empty_folders(tmp_path):
    with pytest.raises(FileError, match="does not exist"):
        list(read_pairs(tmp_path / "a.tmx"))
    with pytest.raises(FileError, match=r"has no \.jsonl files"):
        list(read_pairs(tmp_path))
