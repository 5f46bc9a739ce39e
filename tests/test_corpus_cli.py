"""`aligner corpus build`, as a user meets it."""

import json
import sys

import pytest

from aligner import cli

PAIRS = (
    ("Le ministre a visité le nouveau port de pêche.", "The minister visited the new fishing harbour."),
    ("Le ministre a visité le nouveau port de pêche !", "The minister visited the new fishing harbour!"),
    ("La gare a été fermée en 2019.", "The station was closed in 2018."),
    ("Une équipe de secours a trouvé les marins.", "A rescue team found the sailors."),
)


@pytest.fixture
def run(capsys, monkeypatch):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["aligner", "corpus", "build", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        return (stopped.value.code or 0, *capsys.readouterr())

    return call


@pytest.fixture
def memory(tmp_path):
    path = tmp_path / "memory.tsv"
    path.write_text("".join(f"{source}\t{target}\n" for source, target in PAIRS), encoding="utf-8")
    return path


def test_tables(run, memory, tmp_path):
    code, out, err = run(memory, "-o", tmp_path / "out", "--formats", "moses", "--dev", "0", "--test", "0")
    assert (code, err) == (0, "")
    words = [line.split()[:3] for line in out.splitlines()]
    assert ["train", "2", "1"] in words
    assert ["near-duplicate", "1", "1"] in words
    assert ["numbers", "1", "1"] in words
    assert (tmp_path / "out" / "train.en").read_text("utf-8").splitlines() == [PAIRS[0][1], PAIRS[3][1]]


def test_json_is_the_counts(run, memory, tmp_path):
    code, out, _ = run(memory, "-o", tmp_path / "out", "--json", "--without", "numbers")
    assert code == 0
    counts = json.loads(out)
    assert counts == json.loads((tmp_path / "out" / "counts.json").read_text("utf-8"))
    assert (counts["kept"]["train"], counts["reasons"]) == (3, {"near-duplicate": {"pairs": 1, "alone": 1}})


def test_one_document_is_said_to_be_split_by_pairs(run, memory, tmp_path):
    code, _, err = run(memory, "-o", tmp_path / "out", "--quiet", "--dev", "1")
    assert code == 0
    assert "drawn pair by pair" in err


def test_empty_parts_are_said(run, memory, tmp_path):
    code, _, err = run(memory, "-o", tmp_path / "out", "--quiet")
    assert code == 0
    assert "dev and test are empty" in err
    assert "empty" not in run(memory, "-o", tmp_path / "out", "--quiet", "--dev", "0", "--test", "0")[2]


def test_a_least_score_for_what_has_no_links_is_said(run, memory, tmp_path):
    _, _, err = run(memory, "-o", tmp_path / "out", "--quiet", "--min-score", "0.5")
    assert "--min-score left nothing out" in err
    links = tmp_path / "links.tsv"
    rows = "".join(f"{source}\t{target}\t0.4\n" for source, target in PAIRS)
    links.write_text(f"source\ttarget\tscore\n{rows}", encoding="utf-8")
    code, _, err = run(links, "-o", tmp_path / "out", "--quiet", "--min-score", "0.5")
    assert (code, err) == (1, "")


def test_missing_parquet_is_said(run, memory, tmp_path, monkeypatch):
    monkeypatch.setattr("aligner.corpus.writers.find_spec", lambda name: None)
    _, _, err = run(memory, "-o", tmp_path / "out")
    assert "pip install 'aligner[parquet]'" in err


def test_nothing_kept(run, memory, tmp_path):
    code, _, _ = run(memory, "-o", tmp_path / "out", "--reviewed-only")
    assert code == 1
    assert (tmp_path / "out" / "rejected.tsv").read_text("utf-8-sig").count("not-reviewed") == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--dev", "most"], "write a count"),
        (["--without", "x"], "choose among"),
        (["--formats", "pdf"], "choose among"),
    ],
)
def test_wrong_use_is_one_line(run, memory, tmp_path, options, message):
    code, out, err = run(memory, "-o", tmp_path / "out", *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
