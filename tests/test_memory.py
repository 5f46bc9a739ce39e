"""The translation memory: what it keeps and forgets, and that a run with it says what a run without it says."""

import errno
import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from aligner import run as run_module
from aligner.checks import DEFAULT
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


@pytest.mark.parametrize("version", [0, 1])
def test_another_programs_database_is_left_alone(tmp_path: Path, version: int):
    theirs = tmp_path / "termbase.sdltm"
    with closing(sqlite3.connect(theirs)) as store:
        store.executescript(f"CREATE TABLE translation_units (id INTEGER); PRAGMA user_version = {version}")
    before = theirs.read_bytes()
    with pytest.raises(FileError, match=r"termbase\.sdltm: is another program's database; name a file of its own"):
        Memory(theirs)
    assert theirs.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["termbase.sdltm"]


class CutOff(sqlite3.Connection):
    """Ends where a memory says its version."""

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql.startswith("PRAGMA user_version ="):
            raise KeyboardInterrupt
        return super().execute(sql, *values)


def test_tables_and_their_version_come_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=CutOff))
        with pytest.raises(KeyboardInterrupt):
            Memory(tmp_path / "memory")
    with closing(sqlite3.connect(tmp_path / "memory")) as store:
        assert store.execute("SELECT name FROM sqlite_master").fetchall() == []
        assert store.execute("PRAGMA user_version").fetchone() == (0,)
        store.execute("CREATE TABLE machine (key BLOB PRIMARY KEY, translation TEXT, used INTEGER)")
    with Memory(tmp_path / "memory") as memory:  # as an earlier version could leave it
        assert memory.size().machine == memory.size().reviewed == 0


def test_statistics_of_sqlites_own_make_it_no_other_programs(tmp_path: Path):
    with Memory(tmp_path / "memory") as memory:
        memory.remember({b"key": "x"})
    with closing(sqlite3.connect(tmp_path / "memory")) as store:
        store.execute("ANALYZE")
    with Memory(tmp_path / "memory") as memory:
        assert memory.recall([b"key"]) == {b"key": "x"}


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
    def key(text: str = "La FIAS", term: Term = HIT.term, path: str = "", weights: str = "", beam: str = "4") -> bytes:
        info = ModelInfo(path, path, weights, "fake", (("beam", beam),))
        return unit_key(info, {})(Unit(text, (TermHit(term, 3, 7),)))

    assert key() == key(term=Term("FIAS", "ISAF", note="a note", origin="other.csv:7"))
    assert key(path="./model") == key(path="/home/me/model")
    others = [
        key("La FIAS."),
        key(term=Term("FIAS", "I.S.A.F.")),
        key(term=Term("FIAS", "ISAF", ("la FIAS",), ("the ISAF",))),
        key(weights="other"),
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
    barely = Unit("DOCTRINe")  # seven capitals of eight letters
    bridge = Term("pont", "suspension bridge")
    written = Unit("Le PONT", (TermHit(bridge, 3, 7),))
    tagged = Unit("Le <b>PO</b>NT", (TermHit(bridge, 3, 14),))
    for unit in (shouted, inside, barely, written, tagged):
        assert unit_key(info, {"otan": "OTAN"})(unit) != unit_key(info, {})(unit), unit.text
    acronym = Unit("La FIAS", (TermHit(Term("FIAS", "Force"), 3, 7),))
    for unit in (calm, acronym, Unit("Le pont", (TermHit(bridge, 3, 7),))):
        assert unit_key(info, {"otan": "OTAN"})(unit) == unit_key(info, {})(unit), unit.text


def test_each_unit_is_asked_once_and_then_known(memory: Memory):
    engine = FakeEngine({"La FIAS": "The FIAS", "Le pont": "The bridge"})
    units = [Unit("La FIAS", (HIT,)), Unit("Le pont"), Unit("La FIAS", (HIT,)), Unit("", formula="x")]
    done: list[tuple[int, int]] = []
    first = translate_units(units, LocalPool(Translator(engine)), {}, memory, lambda *counts: done.append(counts))
    assert tuple(map(sum, zip(*done, strict=True))) == (4, 0)
    assert [text for texts, _ in engine.calls for text in texts] == ["La FIAS", "Le pont"]
    silent = FakeEngine()
    done.clear()
    again = translate_units(units, LocalPool(Translator(silent)), {}, memory, lambda *counts: done.append(counts))
    assert tuple(map(sum, zip(*done, strict=True))) == (4, 4)
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


def test_what_was_done_of_a_long_document_is_known(memory: Memory, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(LocalPool, "wave", 20)

    def say(text: str) -> str:
        if "7" in text:
            raise KeyboardInterrupt
        return f"<{text}>"

    units = [Unit(f"Phrase n°{number}") for number in range(10)]
    with pytest.raises(KeyboardInterrupt):
        translate_units(units, LocalPool(Translator(FakeEngine(say))), {}, memory)
    engine, translator = _counted()
    translate_units(units, LocalPool(translator), {}, memory)
    assert [text for texts, _ in engine.calls for text in texts] == [unit.text for unit in units[6:]]


def test_no_part_of_a_document_is_less_than_a_wave(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(LocalPool, "wave", 20)
    units = [Unit(f"Phrase n°{number}") for number in range(9)] + [Unit("Fin")]
    parts = list(LocalPool(_counted()[1]).translate(units, {}))
    assert [list(part) for part in parts] == [[0, 1], [2, 3], [4, 5], [6, 7, 8, 9]]
    monkeypatch.undo()
    assert list(LocalPool(_counted()[1]).translate(units, {})) == [parts[0] | parts[1] | parts[2] | parts[3]]


def test_a_wave_fills_many_batches_of_a_gpu():
    pytest.importorskip("ctranslate2", reason="needs CTranslate2 (the fast extra)")
    from aligner.engines.ctranslate2_ import BATCH_TOKENS  # noqa: PLC0415 (it imports what may not be installed)

    engine = FakeEngine()
    engine.info = ModelInfo("m", "", "", "ctranslate2", (("device", "cuda"),))
    characters_of_a_token = 5
    assert LocalPool(Translator(engine)).wave > 40 * BATCH_TOKENS["cuda"] * characters_of_a_token


def test_a_large_model_is_given_more_at_once():
    small, large = FakeEngine(), FakeEngine()
    large.size = 300_000_000
    assert LocalPool(Translator(large)).wave > LocalPool(Translator(small)).wave


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
        lambda folder: (folder / "out/checks.toml").write_text('[checks]\nnumbers = "off"\n'),
    ],
    ids=["text", "own glossary", "reference", "file gone", "file edited", "index gone", "manifest broken", "profile"],
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


@pytest.mark.parametrize(
    "change",
    [{"note": "the Kabul one"}, {"origin": "terms.csv:3"}],
    ids=["note", "line"],
)
def test_all_is_written_again_where_what_is_shown_of_an_entry_changed(change, tmp_path: Path, memory: Memory):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    term = Term("FIAS", "ISAF", note="the force", origin="terms.csv:2")
    before, after = (Glossary([one], ["terms.csv"]) for one in (term, replace(term, **change)))
    translate_paths([note], out, _counted()[1], before, memory=memory)
    assert not translate_paths([note], out, _counted()[1], after, memory=memory).unchanged
    [changed] = change.values()
    assert changed in (out / "note" / "note.jsonl").read_text("utf-8")
    assert translate_paths([note], out, _counted()[1], after, memory=memory).unchanged


@pytest.mark.parametrize("package", ["simplemma", "sacrebleu"])
def test_all_is_written_again_by_other_versions(
    package: str, tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    monkeypatch.setattr("aligner.run.version", lambda name: "99" if name == package else metadata.version(name))
    assert not translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory).unchanged


def test_a_run_that_died_is_not_taken_for_the_one_before(tmp_path: Path, memory: Memory):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")
    translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    note.write_text(NOTE + "Fin de la note. Merci à tous.", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        translate_paths([note], out, Dying(), Glossary.load(), memory=memory, profile=replace(DEFAULT, severities={}))
    assert not (out / "manifest.json").exists()
    note.write_text(NOTE, encoding="utf-8")
    assert not translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory).unchanged
    assert not (out / "checks.toml").exists()


def test_a_document_that_cannot_be_read_is_no_reason_to_do_all_again(tmp_path: Path, memory: Memory):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    first = translate_paths([folder], out, _counted()[1], Glossary.load(), memory=memory)
    again = translate_paths([folder], out, _counted()[1], Glossary.load(), memory=memory)
    assert (again.unchanged, again.failed) == (True, first.failed)
    (folder / "empty.txt").write_text("Il y a un texte.", encoding="utf-8")
    mended = translate_paths([folder], out, _counted()[1], Glossary.load(), memory=memory)
    assert (mended.unchanged, mended.failed) == (False, ())


def test_what_could_not_be_written_is_tried_again(tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch):
    note, out = tmp_path / "note.txt", tmp_path / "out"
    note.write_text(NOTE, encoding="utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("aligner.run.write_document", full)
        assert translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory).failed
    again = translate_paths([note], out, _counted()[1], Glossary.load(), memory=memory)
    assert (again.unchanged, again.failed) == (False, ())


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


class Interrupted:
    """A pool that is interrupted in its second wave, once a thread of the run is in the middle of its work."""

    info = ModelInfo("m", "", "", "fake")
    wave = 5 * len("Le document 00 suit.")

    def __init__(self) -> None:
        self.under_way, self.cut_off = threading.Event(), threading.Event()
        self._inner, self._waves = LocalPool(_counted()[1]), 0

    def translate(self, *asked: Any) -> Iterator[Mapping[int, Translation]]:
        self._waves += 1
        if self._waves == 2:
            assert self.under_way.wait(30)
            self.cut_off.set()
            raise KeyboardInterrupt
        yield from self._inner.translate(*asked)


@pytest.mark.parametrize(("function", "last"), [("_write", 2), ("read_document", 12)])
def test_an_interrupted_run_does_not_finish_its_waves(
    function: str, last: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The writer is at a document of the first wave, the reader at one of the third, when the second is cut off."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(15):
        (folder / f"{number:02}.txt").write_text(f"Le document {number:02} suit.", encoding="utf-8")
    pool, done = Interrupted(), []
    work = getattr(run_module, function)

    def watched(*arguments: Any) -> object:
        done.append(arguments)
        if len(done) == last:
            pool.under_way.set()
            assert pool.cut_off.wait(30)
            time.sleep(0.3)  # until the exception is where it is to be seen
        return work(*arguments)

    monkeypatch.setattr(run_module, function, watched)
    with pytest.raises(KeyboardInterrupt):
        translate_paths([folder], tmp_path / "out", pool, Glossary())
    assert len(done) == last


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
    chance = random.Random(11)
    for quarter in range(4):
        run = start("killed")
        # From before the memory is opened until all is written; a run that is done already simply was.
        time.sleep((quarter + chance.random()) / 4 * 1.1 * whole)
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert start("killed").wait() == 0
    assert _bytes(tmp_path / "killed") == _bytes(tmp_path / "undisturbed")


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
    killed, under_way = (ours.with_name(f"{digit * 32}.0a1b.tmp") for digit in "12")
    for folder in (killed, under_way):
        folder.mkdir()
    with FileLock(ours.with_name(f"{'2' * 32}.lock")):
        assert command_line("cache", "clear")[0] == 0
    left = {path for path in ours.parent.iterdir() if path.is_dir()}
    assert left == {theirs, under_way}
    other = command_line("translate", "-", "--memory", tmp_path / "m", "--no-memory")
    assert other[0] == 2
    assert "exclude each other" in other[2]
