"""`aligner glossary` as a user meets it."""

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import openpyxl
import pytest


@pytest.fixture
def run(command_line):
    """Run `aligner glossary`."""
    return partial(command_line, "glossary")


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "g.csv"
    path.write_text("source,target,id\nOTAN ,NATO,1\nFIAS,,2\nle,the,3\n,x,4\nOTAN,NATO,1\n", encoding="utf-8")
    return path


def test_lint_names_every_fault_with_its_file_and_line(run, faulty: Path):
    code, out, err = run("lint", faulty)
    assert (code, err) == (1, "")
    assert [line.removeprefix(str(faulty)) for line in out.splitlines()] == [
        ":1: info: the column 'id' is not read [unknown-column]",
        ":2: warning: source with outer blanks [blank]",
        ":3: error: has no target; fill the cell or delete the row [bad-row]",
        ":4: error: 'le' is too common to be a term; delete it, or lengthen it [too-common]",
        ":5: error: has no source; fill the cell or delete the row [bad-row]",
        ":6: warning: 'OTAN' → 'NATO' is in g.csv:2 already [duplicate]",
        "3 entries, 6 findings",
    ]


def test_lint_takes_several_files(run, faulty: Path, tmp_path: Path):
    other = tmp_path / "sound.tsv"
    other.write_text("UE\tEU\n")
    code, out, _ = run("lint", other, faulty, "--json")
    records = json.loads(out)
    assert code == 1
    assert {record["origin"].rpartition(":")[0] for record in records} == {str(faulty)}
    assert records[2]["remedy"] == "fill the cell or delete the row"
    assert run("lint", other) == (0, "1 entry, 0 findings\n", "")


def test_lint_fix_mends_the_file_and_says_how(run, faulty: Path):
    code, out, _ = run("lint", faulty, "--fix")
    assert code == 1  # what cannot be mended safely is left
    assert faulty.read_text("utf-8") == "source,target,id\nOTAN,NATO,1\nFIAS,,2\nle,the,3\n,x,4\n"
    assert [line.removeprefix(str(faulty)) for line in out.splitlines()[:2]] == [
        ":2: fixed: source 'OTAN ' → 'OTAN' [blank]",
        ":2: fixed: removed its repeat 'OTAN,NATO,1' (line 6 before) [duplicate]",
    ]
    assert out.endswith("2 entries, 4 findings\n")
    before = faulty.stat()
    run("lint", faulty, "--fix")
    assert faulty.stat().st_mtime_ns == before.st_mtime_ns


def test_every_line_that_lint_fix_names_is_one_of_the_mended_file(run, tmp_path: Path):
    path = tmp_path / "g.csv"
    path.write_text("source,target\nUE,EU\nUE,EU\nle,the\n ONU,UN\n", encoding="utf-8")
    mended = tmp_path / "elsewhere" / "mended.csv"
    for options, named in (["-o", mended], mended), ([], path):
        _, out, _ = run("lint", path, "--fix", *options)
        assert [line.removeprefix(str(named)) for line in out.splitlines()] == [
            ":2: fixed: removed its repeat 'UE,EU' (line 3 before) [duplicate]",
            ":4: fixed: source ' ONU' → 'ONU' (line 5 before) [blank]",
            ":3: error: 'le' is too common to be a term; delete it, or lengthen it [too-common]",
            "3 entries, 1 finding",
        ]


def test_lint_fix_to_another_file(run, faulty: Path, tmp_path: Path):
    before = faulty.read_bytes()
    mended = tmp_path / "mended.csv"
    code, out, err = run("lint", faulty, "--fix", "-o", mended, "--json")
    assert code == 1
    assert faulty.read_bytes() == before
    assert mended.read_text("utf-8").startswith("source,target,id\nOTAN,NATO,1\n")
    assert len(json.loads(out)) == 4
    assert "fixed:" in err


def test_what_was_written_by_excel_stays_readable_by_excel(run, tmp_path: Path):
    path = tmp_path / "g.csv"
    path.write_bytes("terme;traduction\r\néquipe ;team\r\n".encode("cp1252"))
    assert run("lint", path, "--fix")[0] == 0
    assert path.read_bytes() == "\ufeffterme;traduction\r\néquipe;team\r\n".encode()


def test_convert(run, tmp_path: Path):
    source = tmp_path / "g.csv"
    source.write_text("source,target,source_variants,id\nOTAN,NATO,Alliance atlantique,1\n")
    for name in ("g.tbx", "g.xlsx", "g.tsv"):
        code, out, err = run("convert", source, tmp_path / name)
        assert (code, out) == (0, "")
        assert err == f"{source}:1: the column 'id' is not read\n"
        assert run("convert", tmp_path / name, tmp_path / f"{name}.csv") == (0, "", "")
        back = (tmp_path / f"{name}.csv").read_bytes().decode()
        assert back == "\ufeffsource,target,source_variants\nOTAN,NATO,Alliance atlantique\n"


def test_convert_to_pairs_says_what_is_lost(run, tmp_path: Path):
    source = tmp_path / "g.csv"
    source.write_text("source,target,source_variants,note\nOTAN,NATO,Alliance atlantique,1\n")
    out = tmp_path / "p.tsv"
    assert run("convert", source, out, "--to", "pairs") == (0, "", f"{out} does not hold note (1)\n")
    assert out.read_text() == "OTAN\tNATO\nAlliance atlantique\tNATO\n"


def test_stats(run, tmp_path: Path):
    glossary = tmp_path / "g.csv"
    glossary.write_text("source,target\nUE,EU\nOTAN,NATO\nONU,UN\n")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("L’OTAN et l’OTAN.\n\nL’UE agit.\n", encoding="utf-8")
    (corpus / "b.txt").write_text("L’OTAN agit.\n", encoding="utf-8")
    code, out, err = run("stats", glossary, corpus)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "  hits  docs  term",
        "     3     2  OTAN → NATO",
        "     1     1  UE → EU",
        "     0     0  ONU → UN",
        "2 of 3 entries found, 4 times in 2 documents of 11 words (363.6 in 1000 words)",
    ]
    (corpus / "c.txt").write_bytes(b"%PDF-1.4")
    code, out, err = run("stats", glossary, corpus, "--json")
    assert code == 1
    assert "c.txt: is a PDF file" in err
    assert json.loads(out) == {
        "entries": 3,
        "used": 2,
        "hits": 4,
        "documents": 2,
        "words": 11,
        "hits_per_1000_words": 363.64,
        "terms": [
            {"source": "OTAN", "target": "NATO", "hits": 3, "documents": 2},
            {"source": "UE", "target": "EU", "hits": 1, "documents": 1},
            {"source": "ONU", "target": "UN", "hits": 0, "documents": 0},
        ],
    }


def test_stats_settles_an_acronym_by_the_whole_document(run, tmp_path: Path):
    glossary = tmp_path / "g.csv"
    glossary.write_text(
        "source,target\nPPP,PfP\nPPP,public-private partnership\npartenariat public-privé,public-private partnership\n",
        encoding="utf-8",
    )
    document = tmp_path / "a.txt"
    document.write_text("Le partenariat public-privé (PPP) commence.\n\nLe PPP finit.\n", encoding="utf-8")
    code, out, _ = run("stats", glossary, document)
    assert code == 0
    assert out.splitlines()[1:4] == [
        "     2     1  PPP → public-private partnership",
        "     1     1  partenariat public-privé → public-private partnership",
        "     0     0  PPP → PfP",
    ]


def test_stats_says_what_of_a_workbook_is_not_read(run, tmp_path: Path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Suite")):
        for row in (("Terme", "Traduction"), ("UE", "EU")):
            sheet.append(row)
    book.save(tmp_path / "g.xlsx")
    (tmp_path / "a.txt").write_text("UE")
    code, out, err = run("stats", tmp_path / "g.xlsx", tmp_path / "a.txt", "--json")
    assert (code, json.loads(out)["hits"]) == (0, 1)
    assert err == (
        f"{tmp_path / 'g.xlsx'}:1: the sheet 'Suite' is not read, but 'Sheet'; "
        "save it as a file of its own, or put its rows there\n"
    )


def test_a_corpus_that_cannot_be_read_is_one_line(run, tmp_path: Path):
    glossary = tmp_path / "g.csv"
    glossary.write_text("source,target\nUE,EU\n")
    for name in "ab":
        (tmp_path / f"{name}.txt").write_bytes(b"%PDF-1.4")
    code, out, err = run("stats", glossary, tmp_path / "a.txt")
    assert (code, out) == (2, "")
    assert err.endswith("a.txt: is a PDF file, not text; save it as plain text (UTF-8)\n")
    code, out, err = run("stats", glossary, tmp_path, "--json")
    assert (code, out) == (2, "")
    assert err.endswith("save it as plain text (UTF-8) (1 more document cannot be read)\n")
    (tmp_path / "c.txt").write_text("UE")
    code, out, err = run("stats", glossary, tmp_path / "a.txt", tmp_path / "c.txt")
    assert code == 1
    assert out.endswith("1 of 1 entry found, 1 time in 1 document of 1 word (1000.0 in 1000 words)\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lint", "none.csv"], "aligner: none.csv: does not exist; check the path"),
        (["lint"], "aligner: Missing argument 'FILE'; see aligner glossary lint --help"),
        (["lint", "{faulty}", "-o", "x.csv"], "--output takes one mended file; pass --fix and one FILE"),
        (["lint", "g.tbx", "--fix"], "g.tbx: cannot be mended; name a CSV or TSV file, or convert it to one"),
        (["lint", "-", "--fix"], "cannot be mended"),
        (["convert", "{faulty}", "x.tbx"], "g.csv:3: has no target; fill the cell or delete the row (1 more: see"),
        (["convert", "{faulty}", "{faulty}"], "g.csv: is both IN and OUT; name another file to write"),
        (
            ["convert", "{faulty}.tsv", "{faulty}.pdf"],
            "g.csv.pdf: there is no glossary format 'pdf'; choose --to among csv, tsv, pairs, tbx, xlsx",
        ),
        (["convert", "{faulty}.tsv", "nameless"], "nameless: has no ending that names a format; choose --to among"),
        (["convert", "{faulty}.none.csv", "x.tbx"], "g.csv.none.csv: has no entries, and TBX cannot be empty; add an"),
        (["convert", "{faulty}.fr.tbx", "x.csv"], "g.csv.fr.tbx: has no English terms (its languages are fr); export"),
        (["convert", "{faulty}.bar.tbx", "x.csv"], "g.csv.bar.tbx:1: source_variants 'a|b' of 'OTAN' holds the sign"),
        (["stats", "{faulty}.tsv", "nowhere/"], "nowhere/: does not exist"),
    ],
)
def test_a_users_error_is_one_line_with_a_remedy(run, faulty: Path, arguments: list[str], message: str):
    Path(f"{faulty}.tsv").write_text("UE\tEU\n")
    Path(f"{faulty}.none.csv").write_text("source,target\n")
    french = '<langSec xml:lang="fr"><termSec><term>OTAN</term></termSec><termSec><term>a|b</term></termSec></langSec>'
    english = '<langSec xml:lang="en"><termSec><term>NATO</term></termSec></langSec>'
    Path(f"{faulty}.fr.tbx").write_text(f"<tbx><conceptEntry>{french}</conceptEntry></tbx>")
    Path(f"{faulty}.bar.tbx").write_text(f"<tbx><conceptEntry>{french}{english}</conceptEntry></tbx>")
    before = sorted(path.name for path in faulty.parent.iterdir())
    code, out, err = run(*(argument.format(faulty=faulty) for argument in arguments))
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in faulty.parent.iterdir()) == before


@pytest.mark.parametrize("command", ["lint", "convert", "stats", "extract"])
def test_every_command_has_help_with_examples(run, command: str):
    for arguments in ([], [command]):
        code, out, _ = run(*arguments, "--help")
        assert code == 0
        assert re.search(rf"\n    aligner glossary {command} \w", out)


@pytest.mark.parametrize("arguments", [["convert", "g.tsv", "g.csv"], ["convert", "g.tsv", "g.tbx"]])
def test_converting_loads_nothing_heavy(tmp_path: Path, arguments: list[str]):
    (tmp_path / "g.tsv").write_text("UE\tEU\n")
    code = (
        f"import sys; sys.argv[1:] = ['glossary', *{arguments!r}]\n"
        "from aligner.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('torch', 'transformers', 'rich', 'sacrebleu', 'simplemma') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stdout == "[]\n"
