"""Reviewers' edits: read, merged, kept when the document is translated again, and written into every format."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from aligner.checks import check
from aligner.cli import app
from aligner.desk import Desk, one_writer
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.errors import AlignerError, FileError
from aligner.formats import find_format, jsonl
from aligner.glossary import Glossary
from aligner.model import Edit, Ignored, ReviewStatus, Term, TermHit, TermOutcome, TermStatus, replay
from aligner.outputs import first_segments, read_edit_log, read_edits, read_outputs
from aligner.pipeline import translate_document
from aligner.readers import document_from_text
from aligner.review.edits import log_lines, read_export, read_log
from aligner.revision import Merge, decided, merge, with_reviewed
from aligner.run import translate_paths

REVIEWED, REJECTED, TRANSLATED, DRAFT = (ReviewStatus(name) for name in ("reviewed", "rejected", "translated", "draft"))
TEXT = "Visite du Conseil\n\nLa FIAS compte 12 hommes. L’OTAN agit.\n\nMerci.\n"
SCRIPT = {
    "Visite du Conseil": "Council visit",
    "La FIAS compte 12 hommes.": "ISAF has 12 men.",
    "L’OTAN agit.": "The Alliance acts.",
    "Merci.": "Thanks.",
}
GLOSSARY = Glossary((Term("FIAS", "ISAF"),))


def translated(text=TEXT, script=SCRIPT, name="note"):
    return translate_document(document_from_text(text, name), Translator(FakeEngine(script)), GLOSSARY)


NOTE = translated()
IDS = [pair.source.id for pair in NOTE.pairs]


def edit(at, target=None, status=REVIEWED, **fields):
    """A decision on a segment of NOTE, as the page exports it."""
    pair = NOTE.pairs[at]
    said = pair.target if target is None else target
    return replace(Edit("note", pair.source.id, pair.source.text, said, status, before=pair.target), **fields)


def targets(bitext):
    return [pair.target for pair in bitext.pairs]


def test_a_decision_finds_terms_and_checks_again_and_can_be_replayed():
    failed = TermOutcome(TermHit(Term("OTAN", "NATO"), 2, 6), TermStatus.FAILED)
    before = replace(NOTE.pairs[2], outcomes=(failed,))
    assert [issue.check for issue in check(before)] == ["term-failed"]
    after = decided(before, edit(2, "NATO acts 7."))
    assert (after.target, after.status) == ("NATO acts 7.", REVIEWED)
    assert after.target[after.outcomes[0].start : after.outcomes[0].end] == "NATO"
    assert [issue.check for issue in after.issues] == ["numbers"]
    assert replay(after.draft, after.changes) == after.target
    again = decided(after, edit(2, before.target, DRAFT))
    assert (again.target, again.changes) == (before.target, before.changes)


def test_a_blank_target_wipes_nothing():
    untouched = Edit("note", IDS[1], NOTE.pairs[1].source.text, "", DRAFT)
    assert merge({"note": NOTE}, [untouched]) == Merge({}, (), ())
    for emptied in (edit(1, " "), Edit("note", IDS[1], NOTE.pairs[1].source.text, "", REVIEWED)):
        merged = merge({"note": NOTE}, [emptied])
        assert (merged.taken, [one.reason for one in merged.conflicts]) == ((), ["its target is empty"])


def test_the_next_run_keeps_what_was_decided():
    edits = (edit(1, "ISAF has 12 troops.", comment="men?"), edit(3, "Thank you."), edit(3, "Thank you!", TRANSLATED))
    kept = with_reviewed(translated(script=SCRIPT | {"Merci.": "Mercy."}), edits)
    assert targets(kept) == ["Council visit", "ISAF has 12 troops.", "The Alliance acts.", "Thank you!"]
    assert [pair.status for pair in kept.pairs] == [DRAFT, REVIEWED, DRAFT, TRANSLATED]
    assert kept.pairs[1].comment == "men?"
    assert with_reviewed(kept, edits) == kept


def test_a_decision_follows_its_source_but_not_another_one():
    edits = (edit(0, "Visit of the Council"), edit(3, "Thank you."))
    moved = translated("Un mot.\n\n" + TEXT.replace("Visite du Conseil", "Visite du conseil"))
    kept = with_reviewed(moved, edits)
    assert [pair.target for pair in kept.pairs if pair.status is REVIEWED] == ["Thank you."]
    assert with_reviewed(replace(moved, document=replace(moved.document, name="other")), edits) != kept


@pytest.mark.parametrize(("engine", "status"), [("Thanks.", REJECTED), ("Thank you.", DRAFT)])
def test_a_rejected_translation_gives_way_to_another_one(engine, status):
    kept = with_reviewed(translated(script=SCRIPT | {"Merci.": engine}), (edit(3, status=REJECTED, comment="curt"),))
    assert (kept.pairs[3].target, kept.pairs[3].status, kept.pairs[3].comment) == (engine, status, "curt")


def test_merging_twice_changes_nothing_more():
    edits = (edit(0, "Visit"), edit(1, status=REVIEWED), edit(2))
    first = merge({"note": NOTE}, edits)
    assert (len(first.taken), first.conflicts) == (3, ())
    second = merge(first.bitexts, edits)
    assert (second.bitexts, second.taken, second.conflicts) == ({}, (), ())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"document": "nota"}, "there is no such document"),
        ({"segment_id": "s99"}, "there is no such segment"),
        ({"source": "Merci bien."}, "the source is another one now"),
    ],
)
def test_edits_of_what_is_not_there_are_conflicts(wrong, reason):
    merged = merge({"note": NOTE}, [edit(3, "Thank you.", **wrong), edit(0, "Visit")])
    assert [(one.reason, one.edit.target) for one in merged.conflicts] == [(reason, "Thank you.")]
    assert targets(merged.bitexts["note"])[0] == "Visit"


def test_a_segment_that_two_people_edited_is_a_conflict():
    merged = merge({"note": NOTE}, [edit(3, "Thank you."), edit(3, "Cheers."), edit(3, "Thank you.")])
    assert [(one.reason, one.target, one.edit.target) for one in merged.conflicts] == [
        ("the segment was edited twice", "Thank you.", "Cheers.")
    ]
    newest = merge({"note": NOTE}, [edit(3, "Thank you."), edit(3, "Cheers.")], newest=True)
    assert newest.conflicts == ()
    assert newest.bitexts["note"].pairs[3].target == "Cheers."


def test_somebody_who_saw_the_last_edit_may_edit_again():
    merged = merge({"note": NOTE}, [edit(3, "Thank you."), edit(3, "Cheers.", before="Thank you.")])
    assert merged.conflicts == ()
    assert merged.bitexts["note"].pairs[3].target == "Cheers."


@pytest.mark.parametrize("name", ["xliff", "tmx", "xlsx"])
def test_a_bilingual_file_brings_back_what_was_changed_in_it_alone(name):
    """A file that was written before somebody decided does not undo that decision."""
    form = find_format(name)
    ((suffix, data),) = form.write(NOTE).items()
    edits = form.read_edits(data, f"note{suffix}")
    assert merge({"note": NOTE}, edits).taken == ()
    reviewed = merge({"note": NOTE}, [edit(0, "Visit"), edit(3, comment="short")]).bitexts
    mine = [replace(one, target="Ta.", status=TRANSLATED) if one.segment_id == IDS[1] else one for one in edits]
    merged = merge(reviewed, mine)
    assert [(one.segment_id, one.target) for one in merged.taken] == [(IDS[1], "Ta.")]
    assert targets(merged.bitexts["note"]) == ["Visit", "Ta.", "The Alliance acts.", "Thanks."]
    assert merged.bitexts["note"].pairs[3].comment == "short"


def test_logs_and_exports_read_back_and_name_the_line_that_is_wrong():
    edits = (edit(0, "a\u2028b", ignored=(Ignored("numbers", "missing: 3", "it’s “3”"),)), edit(1, before=None))
    log = log_lines(edits)
    assert read_log(log) == edits
    assert read_log(log + b'{"document": "no') == edits  # cut off by a crash
    with pytest.raises(FileError, match=r"note\.edits\.jsonl:3: is not an edit \(source is missing\)"):
        read_log(log + b'{"document": "n", "segment_id": "s"}\n', "note.edits.jsonl")
    records = [json.loads(line) for line in log.splitlines()]
    assert read_export(json.dumps({"format": "aligner-edits", "version": 1, "edits": records}).encode()) == edits
    with pytest.raises(FileError, match="is not a file of edits"):
        read_export(b'{"format": "aligner-edits", "version": 2, "edits": []}')


def run(tmp_path, script=SCRIPT, formats=("moses", "tsv", "jsonl", "tmx", "text", "xliff", "html")):
    source = tmp_path / "in"
    source.mkdir(exist_ok=True)
    (source / "note.txt").write_text(TEXT, encoding="utf-8")
    (source / "other.txt").write_text("Merci.\n", encoding="utf-8")
    translate_paths([source], tmp_path / "out", Translator(FakeEngine(script)), GLOSSARY, formats=formats)
    return tmp_path / "out"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def export(tmp_path, *edits, name="mine.edits.json"):
    records = [json.loads(line) for line in log_lines(edits).splitlines()]
    path = tmp_path / name
    path.write_text(json.dumps({"format": "aligner-edits", "version": 1, "edits": records}), encoding="utf-8")
    return path


def apply(*arguments):
    return CliRunner().invoke(app, ["review", "apply", *map(str, arguments)], standalone_mode=True)


def test_applied_edits_are_in_every_file_and_only_there(tmp_path):
    out = run(tmp_path)
    before = files(out)
    path = export(tmp_path, edit(3, "Thank you, all."))
    done = apply(path, out)
    assert (done.exit_code, done.stdout) == (0, "1 edits: 1 applied, 0 there already, 0 in conflict\n")
    after = files(out)
    changed = {name for name in after if before.get(name) != after[name]} - {".aligner-review.lock"}
    note = {f"note/note.{ending}" for ending in ("en", "tsv", "jsonl", "tmx", "en.txt", "xliff", "html", "edits.jsonl")}
    assert changed == note | {"corpus.en", "corpus.tmx", "review.html"}
    for name in changed:
        assert "Thank you, all." in after[name].decode("utf-8-sig"), name
    assert jsonl.read(after["note/note.jsonl"]).pairs[3].status is REVIEWED
    again = apply(path, out)
    assert again.exit_code == 0
    assert "0 applied, 1 there already" in again.stdout
    assert files(out) == after


def test_a_second_run_writes_the_same_files_around_the_reviewed_segment(tmp_path):
    out = run(tmp_path)
    assert apply(export(tmp_path, edit(3, "Thank you, all.")), out).exit_code == 0
    reviewed = files(out)
    run(tmp_path)
    again = files(out)
    assert {name for name in again if again[name] != reviewed[name]} <= {"manifest.json"}
    run(tmp_path, SCRIPT | {"Merci.": "Mercy.", "Visite du Conseil": "Visit"})
    assert (out / "note" / "note.en").read_text().splitlines() == [
        "Visit", "ISAF has 12 men.", "The Alliance acts.", "Thank you, all."
    ]  # fmt: skip
    assert (out / "other" / "other.en").read_text() == "Mercy.\n"


def test_conflicts_are_listed_kept_and_can_be_taken_later(tmp_path):
    out = run(tmp_path)
    first, second = (
        export(tmp_path, edit(3, "Thank you.")),
        export(tmp_path, edit(3, "Cheers."), name="hers.edits.json"),
    )
    done = apply(first, second, out)
    assert done.exit_code == 1
    assert "the segment was edited twice" in done.stdout
    kept = (out / "conflicts.jsonl").read_text(encoding="utf-8")
    assert json.loads(kept)["edit"]["target"] == "Cheers."
    assert apply(second, out).exit_code == 1
    assert (out / "conflicts.jsonl").read_text(encoding="utf-8") == kept
    assert apply(out / "conflicts.jsonl", "--newest", out).exit_code == 0
    assert (out / "note" / "note.en").read_text().splitlines()[3] == "Cheers."
    assert [one.target for one in read_edit_log(out, "note")] == ["Thank you.", "Cheers."]


def test_an_edited_xliff_goes_back_into_the_outputs(tmp_path):
    out = run(tmp_path)
    mine = tmp_path / "from-a-tool.xliff"
    text = (out / "note" / "note.xliff").read_text(encoding="utf-8")
    text = text.replace(">Thanks.<", ">Many thanks.<").replace('state="needs-review-translation"', 'state="translated"')
    mine.write_text(text, encoding="utf-8")
    done = apply(mine, out, "--json")
    assert json.loads(done.stdout) == {"read": 4, "applied": 4, "conflicts": []}
    bitext = jsonl.read((out / "note" / "note.jsonl").read_bytes())
    assert bitext.pairs[3].target == "Many thanks."
    assert {pair.status for pair in bitext.pairs} == {TRANSLATED}


def test_what_cannot_be_applied_says_what_to_do(tmp_path):
    out = run(tmp_path, formats=("moses", "html"))
    path = export(tmp_path, edit(3))
    with pytest.raises(AlignerError, match="translate with jsonl among the --formats"):
        read_outputs(out)
    with pytest.raises(FileError, match="is in no format that edits come back in"):
        read_edits(tmp_path / "note.docx")
    with pytest.raises(AlignerError, match="no file of edits is named"):
        CliRunner().invoke(app, ["review", "apply", str(out)], catch_exceptions=False)
    assert path.exists()


def test_a_crash_between_the_log_and_the_files_is_made_good(tmp_path):
    out = run(tmp_path)
    outputs = read_outputs(out)
    outputs.decide([edit(3, "Thank you.")])  # and then nothing more is written
    log = out / "note" / "note.edits.jsonl"
    log.write_bytes(log.read_bytes() + b'{"torn')
    again = read_outputs(out)
    assert again.stale == {"note"}
    again.decide([edit(0, "Visit")])
    again.refresh()
    assert (out / "note" / "note.en").read_text().splitlines()[::3] == ["Visit", "Thank you."]
    assert read_outputs(out).stale == set()


def test_a_crash_before_the_files_of_the_run_is_made_good(tmp_path):
    out = run(tmp_path)
    outputs = read_outputs(out)
    outputs.decide([edit(3, "Thank you.")])
    outputs.refresh(run=False)
    assert "Thank you." not in (out / "corpus.en").read_text()
    with Desk(read_outputs(out)):
        pass
    assert "Thank you." in (out / "corpus.en").read_text()
    assert read_outputs(out).behind == set()


def test_documents_of_earlier_runs_are_reviewed_too(tmp_path):
    out = run(tmp_path)
    alone = tmp_path / "in" / "other.txt"
    translate_paths([alone], out, Translator(FakeEngine(SCRIPT)), GLOSSARY)
    outputs = read_outputs(out)
    page = outputs.page("review.html", "/token/edits")
    assert page.index('"name":"other"') < page.index('"name":"note"')
    outputs.decide([edit(3, "Thank you.")])
    outputs.refresh()
    assert "Thank you." in (out / "note" / "note.en").read_text()
    assert (out / "corpus.en").read_text() == "Thanks.\n"


def test_only_one_reviews_at_a_time(tmp_path):
    with one_writer(tmp_path), pytest.raises(AlignerError, match="is being reviewed already"), one_writer(tmp_path):
        pass
    with one_writer(tmp_path):
        pass


def test_leaving_the_desk_writes_everything(tmp_path):
    out = run(tmp_path)
    with Desk(read_outputs(out)) as desk:
        assert desk.decide([edit(3, "Thank you.")]) == []
        (conflict,) = desk.decide([edit(3, "Cheers.")])
        assert conflict["reason"] == "the segment was edited twice"
    assert "Thank you." in (out / "corpus.en").read_text()


def test_a_page_has_room_for_so_many_segments():
    assert first_segments([NOTE, NOTE, NOTE], most=9) == (NOTE, NOTE)
    short = translated("Merci.\n")
    assert first_segments([NOTE, NOTE, short], most=5) == (NOTE, short)
