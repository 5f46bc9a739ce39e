"""The translation memory: what it keeps and forgets, and that a run with it says what a run without it says."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.errors import FileError
from aligner.glossary import Glossary
from aligner.memory import Approved, Memory
from aligner.model import (
    Change,
    Edit,
    Enforced,
    Hypothesis,
    ModelInfo,
    ReviewStatus,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.outputs import read_outputs
from aligner.revision import approvals
from aligner.run import translate_paths
from aligner.translation import LocalPool, Translation, Unit, pack, translate_units, unit_key, unpack

NOTE = "L'OTAN soutient la FIAS.\n\nLe PPP est ouvert. La réunion a eu lieu.\n\nMise à jour : 12 mars 2004\n"
HIT = TermHit(Term("FIAS", "ISAF"), 3, 7)


@pytest.fixture
def memory(tmp_path: Path):
    with Memory(tmp_path / "memory.sqlite3") as opened:
        yield opened


def test_more_keys_than_sqlite_takes_at_once(memory: Memory):
    rows = {str(number).encode(): f"t{number}" for number in range(40_000)}
    memory.remember(rows)
    assert memory.recall([*rows, b"none"]) == rows


def test_the_last_approval_of_a_source_wins_and_can_be_withdrawn(memory: Memory):
    memory.approve([Approved("FIAS", "ISAF", "a", "s1"), Approved("FIAS", "the ISAF", "b", "s2")])
    assert memory.approved() == {"FIAS": "the ISAF"}
    memory.approve([], [("FIAS", "a", "s1"), ("OTAN", "b", "s2")])
    assert memory.approved() == {"FIAS": "the ISAF"}
    memory.approve([], [("FIAS", "b", "s2")])
    assert memory.approved() == {}


def test_what_is_not_used_is_pruned_and_what_is_approved_never(memory: Memory, monkeypatch: pytest.MonkeyPatch):
    memory.approve([Approved("FIAS", "ISAF", "a", "s1")])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 40 * 86_400)
    memory.remember({b"old": "1", b"used": "2"})
    monkeypatch.setattr(time, "time", lambda: now)
    memory.recall([b"used"])
    assert memory.prune(30) == 1
    assert memory.recall([b"old", b"used"]) == {b"used": "2"}
    assert memory.clear() == 1
    assert (memory.size().machine, memory.size().reviewed) == (0, 1)


#: Six processes open the same new memory at the same moment and write to it, in each of the folders.
_AT_ONCE = """
import sys
from multiprocessing import get_context
from pathlib import Path
from aligner.memory import Memory

def write(path, start, name):
    start.wait()
    with Memory(path) as memory:
        for number in range(20):
            memory.remember({f"{name}{number}".encode(): "x" * 1000})

processes = get_context("fork")
for folder in sys.argv[1:]:
    start = processes.Barrier(6)
    writers = [processes.Process(target=write, args=(Path(folder) / "memory", start, name)) for name in "abcdef"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not any(writer.exitcode for writer in writers)
    with Memory(Path(folder) / "memory") as memory:
        assert memory.size().machine == 120
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs processes that fork")
def test_processes_open_and_write_at_once(tmp_path: Path):
    folders = [tmp_path / str(number) for number in range(12)]
    subprocess.run([sys.executable, "-c", _AT_ONCE, *folders], check=True)


def test_what_is_no_memory_is_said(tmp_path: Path):
    (tmp_path / "text").write_text("Not a database, but long enough to be taken for the head of one. " * 30)
    with pytest.raises(FileError, match=r"text: cannot be used as translation memory \(file is not a database\); name"):
        Memory(tmp_path / "text")
    with sqlite3.connect(tmp_path / "newer") as store:
        store.execute("PRAGMA user_version = 99")
    with pytest.raises(FileError, match="newer version"):
        Memory(tmp_path / "newer")


def test_a_translation_is_packed_and_unpacked():
    translation = Translation(
        Hypothesis("The FIAS « x »", -0.1234567890123, ("cut",)),
        Enforced(
            "The ISAF « x »",
            (Change("term-known", 4, "FIAS", "ISAF"),),
            (TermOutcome(HIT, TermStatus.SUBSTITUTED, 4, 8),),
            -0.3,
            ("repetition",),
        ),
    )
    assert unpack(pack(translation), (HIT,)) == translation


def test_a_key_stands_for_what_bears_on_a_translation():
    def key(text: str = "La FIAS", term: Term = HIT.term, model: str = "m", beam: str = "4") -> bytes:
        info = ModelInfo(model, "", "sha", "fake", (("beam", beam),))
        return unit_key(info, {})(Unit(text, (TermHit(term, 3, 7),)))

    assert key() == key(term=Term("FIAS", "ISAF", note="a note", origin="other.csv:7"))
    others = [
        key("La FIAS."),
        key(term=Term("FIAS", "I.S.A.F.")),
        key(term=Term("FIAS", "ISAF", ("la FIAS",), ("the ISAF",))),
        key(model="other"),
        key(beam="1"),
    ]
    assert len({key(), *others}) == 6


def test_forms_of_the_source_bear_on_number_so_they_are_in_the_key():
    info, texts = ModelInfo("m", "", "", "fake"), "Des EQUIPES ici"
    plain, more = Term("équipe", "team"), Term("équipe", "team", ("EQUIPES",))
    keys = {unit_key(info, {})(Unit(texts, (TermHit(term, 4, 11),))) for term in (plain, more)}
    assert len(keys) == 2


def test_capitals_are_read_by_the_glossary_so_its_spellings_count():
    info = ModelInfo("m", "", "", "fake")
    shouted, calm = Unit("LA RÉUNION DE L'OTAN"), Unit("La réunion de l'OTAN")
    inside = Unit("Le document DOCTRINE INTERARMEES est en vigueur.")
    for unit in (shouted, inside):
        assert unit_key(info, {"otan": "OTAN"})(unit) != unit_key(info, {})(unit)
    assert unit_key(info, {"otan": "OTAN"})(calm) == unit_key(info, {})(calm)


def test_each_unit_is_asked_once_and_then_known(memory: Memory):
    engine = FakeEngine({"La FIAS": "The FIAS", "Le pont": "The bridge"})
    units = [Unit("La FIAS", (HIT,)), Unit("Le pont"), Unit("La FIAS", (HIT,)), Unit("", formula="x")]
    done: list[int] = []
    first = translate_units(units, LocalPool(Translator(engine)), {}, memory, done.append)
    assert sum(done) == 4
    assert [text for texts, _ in engine.calls for text in texts] == ["La FIAS", "Le pont"]
    silent = FakeEngine()
    again = translate_units(units, LocalPool(Translator(silent)), {}, memory)
    assert again == first
    assert silent.calls == silent.forced == []


class Dying:
    """A pool that ends in the middle of its work, with its second unit done."""

    wave = 1000
    info = ModelInfo("m", "", "", "fake")

    def translate(self, units: Sequence[Unit], *_: object) -> Iterator[dict[int, Translation]]:
        yield {1: Translation(Hypothesis(units[1].text), Enforced(units[1].text, (), ()))}
        raise KeyboardInterrupt


def test_what_was_done_when_a_pool_died_is_known(memory: Memory):
    units = [Unit("un"), Unit("deux"), Unit("trois")]
    keys = [unit_key(Dying.info, {})(unit) for unit in units]
    with pytest.raises(KeyboardInterrupt):
        translate_units(units, Dying(), {}, memory)
    assert list(memory.recall(keys)) == keys[1:2]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def _counted(script: dict[str, str] | None = None) -> tuple[FakeEngine, Translator]:
    engine = FakeEngine(script)
    return engine, Translator(engine)


def test_a_run_with_a_memory_writes_what_one_without_writes(tmp_path: Path, memory: Memory):
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    paths, glossary = [tmp_path / "note.txt"], Glossary.load()
    translate_paths(paths, tmp_path / "without", _counted()[1], glossary)
    translate_paths(paths, tmp_path / "first", _counted()[1], glossary, memory=memory)
    engine, translator = _counted()
    translate_paths(paths, tmp_path / "second", translator, glossary, memory=memory)
    assert engine.calls == []
    assert _bytes(tmp_path / "without") == _bytes(tmp_path / "first") == _bytes(tmp_path / "second")


def test_one_changed_sentence_costs_one_sentence(tmp_path: Path, memory: Memory):
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    translate_paths([note], tmp_path / "out", _counted()[1], Glossary.load(), memory=memory)
    note.write_text(NOTE.replace("réunion", "séance"), encoding="utf-8")
    engine, translator = _counted()
    translate_paths([note], tmp_path / "out", translator, Glossary.load(), memory=memory)
    assert [text for texts, _ in engine.calls for text in texts] == ["La séance a eu lieu."]


def test_nothing_is_done_where_nothing_changed(tmp_path: Path, memory: Memory):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    before = translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    after = translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    assert (before.unchanged, after.unchanged) == (False, True)
    assert after.documents == before.documents
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == times


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "note.txt").write_text(NOTE + "Fin.", encoding="utf-8"),
        lambda folder: (folder / "note.glossary.csv").write_text("source,target\nréunion,session\n"),
        lambda folder: (folder / "references").mkdir() or (folder / "references/note.en.txt").write_text("It met."),
        lambda folder: (folder / "out/note/note.tmx").unlink(),
        lambda folder: (folder / "out/note/note.html").write_text("edited"),
        lambda folder: (folder / "out/index.html").unlink(),
        lambda folder: (folder / "out/manifest.json").write_text("{"),
    ],
    ids=["text", "own glossary", "reference", "file gone", "file edited", "index gone", "manifest broken"],
)
def test_all_is_written_again_where_something_changed(change, tmp_path: Path, memory: Memory):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    time.sleep(0.02)
    change(tmp_path)
    assert not translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory).unchanged
    assert (out / "note" / "note.tmx").exists()
    assert (out / "note" / "note.html").read_text("utf-8") != "edited"
    assert translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory).unchanged


def _edit(document: str, status: ReviewStatus, target: str = "The Alliance supports ISAF.") -> Edit:
    return Edit(document, "s1", "L'OTAN soutient la FIAS.", target, status)


def test_what_is_approved_wins_in_every_document(tmp_path: Path, memory: Memory):
    (tmp_path / "one.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "two.txt").write_text(
        "Autre texte.\n\n" + NOTE.replace("soutient la", "soutient\u00a0 la"), encoding="utf-8"
    )
    one, two = tmp_path / "out-one", tmp_path / "out-two"
    translate_paths([tmp_path / "one.txt"], one, _counted()[1], Glossary.load(), memory=memory)
    outputs = read_outputs(one, memory)
    outputs.decide([_edit("one", ReviewStatus.REVIEWED)])
    outputs.refresh()
    translate_paths([tmp_path / "two.txt"], two, _counted()[1], Glossary.load(), memory=memory)
    pairs = read_outputs(two).bitexts["two"].pairs
    assert [pair.target for pair in pairs][:2] == ["<Autre texte.>", "The Alliance supports ISAF."]
    assert (pairs[1].changes[-1].rule, pairs[1].status) == ("memory", ReviewStatus.DRAFT)
    assert "FIAS" in pairs[1].draft
    outputs = read_outputs(one, memory)
    outputs.decide([_edit("one", ReviewStatus.REJECTED)])
    assert memory.approved() == {}
    translate_paths([tmp_path / "two.txt"], two, _counted()[1], Glossary.load(), memory=memory)
    assert read_outputs(two).bitexts["two"].pairs[1].target != "The Alliance supports ISAF."


def test_a_decision_on_the_segment_itself_goes_before_the_memory(tmp_path: Path, memory: Memory):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    read_outputs(out, memory).decide([_edit("note", ReviewStatus.TRANSLATED, "NATO backs ISAF.")])
    memory.approve(approvals([_edit("other", ReviewStatus.REVIEWED)]))
    translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    assert read_outputs(out).bitexts["note"].pairs[0].target == "NATO backs ISAF."


#: A run on an engine that takes its time, in a process that can be killed.
SLOW = """
import sys, time
from pathlib import Path
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.glossary import Glossary
from aligner.memory import Memory
from aligner.outputs import read_outputs
from aligner.revision import approvals
from aligner.run import translate_paths
from aligner.translation import LocalPool

def say(text):
    time.sleep(0.004)
    return f"<{text}>"

LocalPool.wave = 400
folder, out, memory = map(Path, sys.argv[1:])
with Memory(memory) as memory:
    translate_paths([folder], out, Translator(FakeEngine(say)), Glossary.load(), memory=memory)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_run_that_is_killed_ends_like_one_that_is_not(tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        lines = [f"La réunion {number}.{line} de l'OTAN a eu lieu à Kaboul avec la FIAS." for line in range(12)]
        (folder / f"note-{number:02}.txt").write_text("\n\n".join(lines), encoding="utf-8")

    def start(name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", SLOW, str(folder), str(tmp_path / name), str(tmp_path / f"{name}.sqlite3")]
        )

    began = time.perf_counter()
    assert start("undisturbed").wait() == 0
    whole = time.perf_counter() - began
    chance, killed = random.Random(11), 0
    for name in ("one", "two"):
        for _ in range(2):
            run = start(name)
            time.sleep(chance.uniform(0.3, 0.9) * whole)
            killed += run.poll() is None
            run.send_signal(signal.SIGKILL)
            run.wait()
        assert start(name).wait() == 0
        assert _bytes(tmp_path / name) == _bytes(tmp_path / "undisturbed")
    assert killed >= 2, "most runs had ended before they were killed"


def test_the_command_line(tmp_path: Path, command_line, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALIGNER_HOME", str(tmp_path / "home"))
    assert command_line("cache", "prune")[0] == 2
    with Memory(tmp_path / "home" / "memory.sqlite3") as memory:
        memory.remember({b"key": "x"})
        memory.approve([Approved("FIAS", "ISAF", "a", "s1")])
    code, out, _ = command_line("cache", "info", "--json")
    assert code == 0
    assert json.loads(out)["machine_translations"] == json.loads(out)["reviewed_segments"] == 1
    assert "1 machine translations" in command_line("cache", "clear")[1]
    assert json.loads(command_line("cache", "info", "--json")[1])["reviewed_segments"] == 1
    ours, theirs = (tmp_path / "home" / "ctranslate2" / name for name in ("0" * 32, "mine"))
    for folder in (ours, theirs):
        folder.mkdir(parents=True)
    assert command_line("cache", "clear", "--memory", tmp_path / "home" / "memory.sqlite3")[0] == 0
    assert ours.exists()
    (tmp_path / "home" / "memory.sqlite3").unlink()
    assert command_line("cache", "clear")[0] == 0
    assert (ours.exists(), theirs.exists()) == (False, True)
    other = command_line("translate", "-", "--memory", tmp_path / "m", "--no-memory")
    assert other[0] == 2
    assert "exclude each other" in other[2]
