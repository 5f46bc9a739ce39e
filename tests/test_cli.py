"""The command line, as a user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator


@pytest.fixture
def run(command_line, monkeypatch: pytest.MonkeyPatch):
    """Run the command line with a fake engine."""
    monkeypatch.setattr(Translator, "load", classmethod(lambda cls, *_, **__: cls(FakeEngine())))
    return command_line


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("Un titre\n\nL’OTAN agit. Elle dure.\n", encoding="utf-8")
    return path


def test_translate(run, note: Path, tmp_path: Path):
    code, out, err = run("translate", note, "-o", tmp_path / "out")
    assert (code, err) == (0, "")
    assert "note" in out
    assert "index.html" in out
    assert (tmp_path / "out" / "note" / "note.fr").read_text("utf-8").splitlines()[1] == "L’OTAN agit."


def test_translate_json_is_the_report(run, note: Path, tmp_path: Path):
    code, out, _ = run("translate", note, "-o", tmp_path / "out", "--json")
    assert code == 0
    assert json.loads(out)["documents"][0]["segments"] == 3


def test_translate_quiet_says_nothing(run, note: Path, tmp_path: Path):
    assert run("translate", note, "-o", tmp_path / "out", "--quiet") == (0, "", "")


def _outcomes(folder: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in (folder / "note" / "note.jsonl").read_text("utf-8").splitlines()]
    return [(one["term"]["source"], one["term"]["target"]) for row in rows for one in row.get("hits", [])]


def test_a_glossary_beside_a_document_goes_first(run, note: Path, tmp_path: Path):
    note.with_suffix(".glossary.csv").write_text("terme;traduction\nOTAN;the Alliance\n", encoding="utf-8")
    assert run("translate", note, "-o", tmp_path / "out", "--quiet")[0] == 0
    assert _outcomes(tmp_path / "out") == [("OTAN", "the Alliance")]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["own_glossaries"]["note"]["names"] == ["note.glossary.csv"]
    run("translate", note, "-o", tmp_path / "without", "--quiet", "--no-glossary")
    assert _outcomes(tmp_path / "without") == []


def test_a_broken_glossary_beside_a_document_is_named(run, note: Path, tmp_path: Path):
    note.with_suffix(".glossary.csv").write_text("source,target\nOTAN,\n", encoding="utf-8")
    code, _, err = run("translate", note, "-o", tmp_path / "out", "--quiet")
    assert code == 1
    assert "note.glossary.csv:2" in err.replace("\n", "")


def test_a_profile_turns_checks_off(run, note: Path, tmp_path: Path):
    def checks(folder: str, *options: object) -> set[str]:
        run("translate", note, "-o", tmp_path / folder, "--quiet", *options)
        rows = [
            json.loads(line) for line in (tmp_path / folder / "note" / "note.jsonl").read_text("utf-8").splitlines()
        ]
        return {one["check"] for row in rows for one in row.get("issues", [])}

    (tmp_path / "mild.toml").write_text('[checks]\nend-punctuation = "off"\n', encoding="utf-8")
    assert "end-punctuation" in checks("strict")
    assert "end-punctuation" not in checks("mild", "--checks", tmp_path / "mild.toml")


def test_some_documents_failed(run, note: Path, tmp_path: Path):
    (tmp_path / "scan.txt").write_bytes(b"%PDF-1.4")
    code, out, err = run("translate", note, tmp_path / "scan.txt", "-o", tmp_path / "out")
    assert code == 1
    assert "note" in out
    assert "scan" in err
    assert "PDF" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["translate", "missing.txt"], "aligner: missing.txt: does not exist; check the path or the pattern"),
        (["translate"], "aligner: Missing argument 'PATH...'; see aligner translate --help"),
        (["translate", "{note}", "--bogus"], "aligner: No such option: --bogus; see aligner translate --help"),
        (["translate", "{note}", "--formats", "pdf"], "aligner: there is no format 'pdf'; choose among"),
        (["translate", "{note}", "--beam", "0"], "aligner: Invalid value for '--beam'"),
        (["translate", "{note}", "--glossary", "none.csv"], "aligner: none.csv: does not exist; check the path"),
        (["translate", "{note}", "--glossary", "{bad}"], "bad.csv:3: has no target; fill the cell or delete the row"),
        (["translate", "{note}", "--glossary", "{bad}", "--no-glossary"], "exclude each other; leave one out"),
        (["translate", "{note}", "--domain", "cooking"], "no entry has the domain 'cooking'; choose among"),
        (["glossary", "extract", "{bad}", "-o", "out.xlsx"], "out.xlsx: is no .csv; write a .csv"),
        (["segment", "{folder}"], "cannot be read (is a directory)"),
        (["translate", "{note}", "-o", "{bad}"], "bad.csv: file exists; check the path, its permissions"),
        (["frobnicate"], "aligner: No such command 'frobnicate'"),
        (["segment", "missing.txt"], "aligner: missing.txt: does not exist; check the path"),
        (["glossary", "lint", "none.csv"], "aligner: none.csv: does not exist; check the path"),
        (["score", "{note}", "{bad}"], "has 3 lines where"),
    ],
)
def test_a_users_error_is_one_line_with_a_remedy(run, note: Path, tmp_path: Path, arguments: list[str], message: str):
    bad = tmp_path / "bad.csv"
    bad.write_text("source,target\nOTAN,NATO\nFIAS,\n")
    given = [argument.format(note=note, bad=bad, folder=tmp_path) for argument in arguments]
    if given[0] == "score":
        note.write_text("a\nb\n")
    code, out, err = run(*given)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_segment(run, note: Path):
    code, out, _ = run("segment", note)
    assert code == 0
    assert out.splitlines() == ["s1\theading\tUn titre", "s2\tparagraph\tL’OTAN agit.", "s3\tparagraph\tElle dure."]
    _, out, _ = run("segment", note, "--json")
    assert json.loads(out.splitlines()[1]) == {
        "id": "s2",
        "kind": "paragraph",
        "start": 10,
        "end": 22,
        "text": "L’OTAN agit.",
    }


def test_score_lines(run, tmp_path: Path):
    for name, content in (
        ("a.en", "NATO acts in the region.\nIt lasts for many years.\n"),
        ("a.fr", "L’OTAN agit.\nL’OTAN dure.\n"),
    ):
        (tmp_path / name).write_text(content, encoding="utf-8")
    code, out, _ = run("score", tmp_path / "a.en", tmp_path / "a.en", "--source", tmp_path / "a.fr", "--json")
    found = {score["name"]: score for score in json.loads(out)}
    assert code == 0
    assert found["BLEU"]["value"] == pytest.approx(100.0)
    assert found["TER"]["value"] == pytest.approx(0.0)
    assert found["terms"]["value"] == pytest.approx(50.0)
    assert found["chrF++"]["signature"].startswith("nrefs:1")


def test_score_documents(run, tmp_path: Path):
    (tmp_path / "a.txt").write_text("NATO acts quickly. The Allies have agreed on a common plan.\n")
    (tmp_path / "b.txt").write_text("NATO acts quickly, the Allies have agreed on a common plan.\n")
    code, out, _ = run("score", tmp_path / "a.txt", tmp_path / "b.txt", "--align")
    assert code == 0
    assert "BLEU" in out


def test_glossary_lint(run, tmp_path: Path):
    path = tmp_path / "g.csv"
    path.write_text("source,target\nOTAN,NATO\nOTAN,Nato\n")
    code, out, _ = run("glossary", "lint", path)
    assert code == 1
    assert "g.csv:3: error:" in out
    assert "2 entries, 1 finding\n" in out


def test_models(run):
    code, out, _ = run("models", "--json")
    assert code == 0
    assert json.loads(out)[0]["size"] > 1_000_000


@pytest.mark.parametrize("command", ["translate", "segment", "score", "models", "glossary lint"])
def test_every_command_has_help_with_examples(run, command: str):
    code, out, _ = run(*command.split(), "--help")
    assert code == 0
    assert "Examples:" in out
    assert f"aligner {command.split(maxsplit=1)[0]}" in out


def test_version(run):
    version = run("--version")[1]
    assert version.startswith("aligner ")
    as_module = subprocess.run(
        [sys.executable, "-m", "aligner", "--version"], capture_output=True, text=True, check=True
    )
    assert as_module.stdout == version


@pytest.mark.slow
def test_standard_input_on_the_bundled_model(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", "from aligner.cli import main; main()", "translate", "-", "-o", str(tmp_path), "--json"],
        input="L’OTAN et ses partenaires coopèrent.".encode(),
        capture_output=True,
        check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.stderr == b""
    assert json.loads(done.stdout)["documents"][0]["name"] == "stdin"
    assert "NATO" in (tmp_path / "stdin" / "stdin.en").read_text("utf-8")
