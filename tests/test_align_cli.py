"""`aligner align` from end to end, without a model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aligner.alignment import align_files, document_of_lines, pair_files
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.errors import AlignerError
from aligner.formats import jsonl
from aligner.formats import links as ladder
from aligner.formats.files import one_writer
from aligner.model import Edit, ReviewStatus
from aligner.outputs import read_outputs
from aligner.pipeline import is_french
from aligner.similarity import LEXICAL

PLACES = "Paris Londres Madrid Lisbonne Berlin Vienne Prague Oslo Dublin Athènes Sofia Riga".split()
NAMES = "Dupont Martin Bernard Garcia Schmidt Novak Larsen Murphy Petrov Ozols Silva Rossi".split()


def texts():
    """Two texts, the second with one sentence less and two in one."""
    french, english = [], []
    for k in range(36):
        name, year = NAMES[k % 12], 1950 + 2 * k
        french.append(f"Le ministre {name} est arrivé en {year} avec {k + 3} délégués de la commission.")
        english.append(f"Minister {name} arrived in {year} with {k + 3} delegates of the commission.")
    english[20:22] = [" ".join(english[20:22])]
    del english[5]
    return french, english


@pytest.fixture
def files(tmp_path):
    for name, lines in zip(("note.fr.txt", "note.en.txt"), texts(), strict=True):
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def run(*arguments):
    code = "import sys; from aligner.cli import main; main()"
    command = [sys.executable, "-c", code, "align", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_align_writes_links_formats_and_agreement(files):
    expected = [[[i], [i - (i > 5) - (i > 20)]] for i in range(36) if i not in {5, 20, 21}]
    expected += [[[5], []], [[20, 21], [19]]]
    gold = files / "gold"
    gold.write_text("".join(f"{json.dumps(s)}:{json.dumps(t)}\n" for s, t in expected), encoding="utf-8")
    out = files / "out"
    done = run(
        files / "note.fr.txt", files / "note.en.txt", "-o", out, "--segmented", "--scorer", "lexical",
        "--gold", gold, "--min-score", "0.5",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    strict, lax = done.stdout.splitlines()[-2:]
    assert strict.split() == ["strict", "P", "1.000", "R", "1.000", "F1", "1.000"]
    assert lax.split()[-1] == "1.000"
    links = ladder.read((out / "note/note.links").read_bytes())
    assert sorted([list(x.source), list(x.target)] for x in links) == sorted(expected)
    bitext = jsonl.read((out / "note/note.jsonl").read_bytes())
    assert [pair.score for pair in bitext.pairs] == [link.score for link in links]
    assert [issue.check for pair in bitext.pairs for issue in pair.issues if not pair.target] == ["alignment"]
    # The corpus has no pair with an empty side; the document's own files have them all.
    lines = {name: (out / name).read_text(encoding="utf-8").splitlines() for name in ("corpus.fr", "corpus.en")}
    assert len(lines["corpus.fr"]) == len(lines["corpus.en"]) == 34
    assert (out / "note/note.fr").read_text(encoding="utf-8").count("\n") == 35
    assert (out / "note/note.html").exists()
    assert read_outputs(out).bitexts.keys() == {"note"}


def test_the_least_score_keeps_links_out_of_the_corpus(files):
    pairs, _ = pair_files(files / "note.fr.txt", files / "note.en.txt")
    for least, kept in ((0.0, True), (1.1, False)):
        align_files(pairs, files / "out", LEXICAL, scorer_name="lexical", formats=("moses",), min_score=least)
        assert bool((files / "out/corpus.fr").read_bytes()) is kept


def test_what_reviewers_decided_is_kept_when_texts_are_aligned_again(files):
    pairs, _ = pair_files(files / "note.fr.txt", files / "note.en.txt")
    align_files(pairs, files / "out", LEXICAL, scorer_name="lexical", formats=("jsonl", "tsv"))
    outputs = read_outputs(files / "out")
    source = outputs.bitexts["note"].pairs[0].source
    outputs.decide([Edit("note", source.id, source.text, "Mr Dupont came.", ReviewStatus.REVIEWED)])
    align_files(pairs, files / "out", LEXICAL, scorer_name="lexical", formats=("jsonl",))
    first = jsonl.read((files / "out/note/note.jsonl").read_bytes()).pairs[0]
    assert (first.target, first.status) == ("Mr Dupont came.", ReviewStatus.REVIEWED)
    assert "Mr Dupont came." in (files / "out/corpus.en").read_text(encoding="utf-8")
    assert not (files / "out/note/note.tsv").exists(), "it is out of date"


def test_a_folder_has_one_writer(files):
    (files / "out").mkdir()
    with one_writer(files / "out"):
        done = run(files / "note.fr.txt", files / "note.en.txt", "-o", files / "out", "--scorer", "lexical")
    assert done.returncode == 2
    assert "is being written to by another run" in done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"note.fr.txt": "note.en.txt", "note.en.txt": "note.fr.txt"}, "name the French one first"),
        ({"note.fr.txt": "note.fr.txt", "note.en.txt": "other.txt"}, "check that one translates the other"),
        ({"note.fr.txt": "note.fr.txt", "note.en.txt": "note.fr.txt"}, "both texts are in French"),
        ({"note.fr.txt": "note.en.txt", "note.en.txt": "other.txt"}, "both texts are in English"),
        ({"note.fr.txt": "note.fr.txt", "note.en.txt": "bad.txt"}, "bad.txt:1: is damaged utf-16"),
    ],
)
def test_texts_that_cannot_be_aligned_are_named(files, change, message):
    other = [f"Nothing of the kind happened where {word} used to live for so long." for word in "abcdefgh" * 5]
    (files / "other.txt").write_text("\n".join(other), encoding="utf-8")
    (files / "bad.txt").write_bytes(b"\xff\xfe\x00\xd8x")
    done = run(files / change["note.fr.txt"], files / change["note.en.txt"], "-o", files / "out", "--scorer", "lexical")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert message in done.stderr


def test_an_empty_file_is_named(files):
    (files / "empty.txt").write_text("\n", encoding="utf-8")
    done = run(files / "note.fr.txt", files / "empty.txt", "-o", files / "out", "--scorer", "lexical")
    assert done.returncode == 2
    assert "is empty" in done.stderr


def test_files_of_folders_are_paired_by_name(tmp_path):
    for name in ("fr/a.fr.txt", "fr/b/c_FR.md", "fr/alone.txt", "en/a-en.txt", "en/b/c.txt", "en/.hidden.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    pairs, alone = pair_files(tmp_path / "fr", tmp_path / "en")
    assert [(pair.name, pair.source.name, pair.target.name) for pair in pairs] == [
        ("a", "a.fr.txt", "a-en.txt"),
        ("b/c", "c_FR.md", "c.txt"),
    ]
    assert [path.name for path in alone] == ["alone.txt"]
    with pytest.raises(AlignerError, match="two files or two folders"):
        pair_files(tmp_path / "fr", tmp_path / "en/a-en.txt")
    with pytest.raises(AlignerError, match="does not exist"):
        pair_files(tmp_path / "fr", tmp_path / "gone")


def test_a_folder_inside_the_other_is_no_part_of_it(tmp_path):
    names = ("a.txt", "references/a.en.txt", "references/deep/b.en.txt", "deep/b.txt")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    pairs, alone = pair_files(tmp_path, tmp_path / "references")
    found = [tuple(path.relative_to(tmp_path).as_posix() for path in (pair.source, pair.target)) for pair in pairs]
    assert found == [("a.txt", "references/a.en.txt"), ("deep/b.txt", "references/deep/b.en.txt")]
    assert alone == ()
    assert [(pair.source, pair.target) for pair in pair_files(tmp_path / "references", tmp_path)[0]] == [
        (pair.target, pair.source) for pair in pairs
    ]


def test_what_fails_among_several_is_listed(files):
    for folder, name in (("fr", "note.fr.txt"), ("en", "note.en.txt")):
        (files / folder).mkdir()
        (files / folder / "note.txt").write_bytes((files / name).read_bytes())
        (files / folder / "a.txt").write_bytes(b"\xff\xfe\x00\xd8x")
    done = run(files / "fr", files / "en", "-o", files / "out", "--formats", "moses", "--scorer", "lexical")
    assert done.returncode == 1
    assert "note: 36 links" in done.stdout
    assert "is damaged utf-16" in " ".join(done.stderr.split())


def test_one_folder_may_hold_both_languages(tmp_path):
    for name in ("a.fr", "a.en", "b.fr"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    pairs, alone = pair_files(tmp_path, tmp_path, segmented=True)
    assert [(pair.name, pair.source.name, pair.target.name) for pair in pairs] == [("a", "a.fr", "a.en")]
    assert [path.name for path in alone] == ["b.fr"]


@pytest.mark.parametrize("text", ["", "a\r\nb\r\n", "a\n\nb", "\n"])
def test_lines_are_blocks(text):
    document = document_of_lines(text, "d")
    lines = text.removesuffix("\n").split("\n")
    assert [text[block.start : block.end] for block in document.blocks] == [line.removesuffix("\r") for line in lines]


def test_languages_are_told():
    french, english = texts()
    assert is_french(" ".join(french))
    assert not is_french(" ".join(english))
    assert not is_french("Der Minister ist im Jahre 1950 mit den Delegierten der Kommission in Paris angekommen.")


@pytest.mark.slow
def test_the_model_is_used_where_there_is_one(files):
    done = run(files / "note.fr.txt", files / "note.en.txt", "-o", files / "out", "--json", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scorer"] == "mt"


def test_a_model_of_the_other_direction_translates_the_target(files, command_line, monkeypatch):
    engines = {}

    def load(cls, model, **_):
        engines[model] = FakeEngine()
        return cls(engines[model])

    monkeypatch.setattr(Translator, "load", classmethod(load))
    asked = ("--scorer", "lexical", "--back-model", "en-fr", "--quiet")
    assert command_line("align", files / "note.fr.txt", files / "note.en.txt", "-o", files / "out", *asked)[0] == 0
    assert list(engines) == ["en-fr"]
    shown = {text for texts, _ in engines["en-fr"].calls for text in texts}
    english = (files / "note.en.txt").read_text("utf-8")
    assert shown
    assert all(text in english for text in shown)


def test_lengths_need_no_model(files, command_line):
    asked = ("--scorer", "length", "--back-model", "en-fr")
    code, _, error = command_line("align", files / "note.fr.txt", files / "note.en.txt", "-o", files / "out", *asked)
    assert (code, error.count("\n")) == (2, 1)
    assert "--back-model is not for --scorer length" in error


def test_gold_is_for_one_pair(tmp_path):
    with pytest.raises(AlignerError, match="one pair"):
        align_files((), tmp_path, LEXICAL, scorer_name="lexical", formats=(), gold=Path("gold"))
