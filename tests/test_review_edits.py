"""Reviewers' edits: read, merged, kept when the document is translated again, and written into every format."""

import io
import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from aligner.checks import check
from aligner.cli import app
from aligner.desk import Desk
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.errors import AlignerError, FileError
from aligner.formats import find_format, jsonl, xliff
from aligner.formats.files import one_writer
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


#: Two edits as a page exports them, the second with a status and ignored issues to be filled in.
EXPORT = b"""{"format": "aligner-edits", "version": 1, "edits": [
  {"document": "note",
   "segment_id": "s1", "source": "\\"segment_id\\": x", "target": "y", "status": "draft"
  },
  {
   "document": "note",
   "segment_id": "s2", "source": "x", "target": "y", "status": "%s", "ignored": [%s]
  }]}"""


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


def changed(name, data, before, after):
    """A bilingual file with another text in place of one."""
    if name != "xlsx":
        assert before.encode() in data
        return data.replace(before.encode(), after.encode(), 1)
    sheet = load_workbook(io.BytesIO(data)).active
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == before)
    cell.value = after
    packed = io.BytesIO()
    sheet.parent.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize("name", ["xliff", "tmx", "xlsx"])
def test_a_bilingual_file_brings_back_what_was_changed_in_it_alone(name):
    """Whatever was decided or translated in another way since it was written."""
    form = find_format(name)
    ((suffix, data),) = form.write(NOTE).items()
    assert form.read_edits(data, f"note{suffix}") == ()
    edits = form.read_edits(changed(name, data, "ISAF has 12 men.", "ISAF has 12 soldiers."), f"note{suffix}")
    assert [(one.segment_id, one.target) for one in edits] == [(IDS[1], "ISAF has 12 soldiers.")]
    anew = translated(script=SCRIPT | {"Merci.": "Mercy.", "L’OTAN agit.": "NATO acts."})
    reviewed = merge({"note": anew}, [edit(0, "Visit")]).bitexts
    merged = merge(reviewed, edits)
    assert merged.conflicts == ()
    after = merged.bitexts["note"]
    assert targets(after) == ["Visit", "ISAF has 12 soldiers.", "NATO acts.", "Mercy."]
    assert [pair.status for pair in after.pairs] == [REVIEWED, TRANSLATED, DRAFT, DRAFT]


def test_a_comment_alone_changes_no_target():
    data = changed(
        "xliff", xliff.write(NOTE)[".xliff"], "</trans-unit>", '<note from="reviser">why?</note></trans-unit>'
    )
    anew = translated(script=SCRIPT | {"Visite du Conseil": "Visit"})
    after = merge({"note": anew}, xliff.read_edits(data)).bitexts["note"].pairs[0]
    assert (after.target, after.status, after.comment) == ("Visit", DRAFT, "why?")


def test_a_draft_that_a_tool_confirmed_is_a_decision():
    state = 'state="needs-review-translation" state-qualifier="leveraged-mt"'
    data = changed("xliff", xliff.write(NOTE)[".xliff"], state, 'state="final"')
    anew = translated(script=SCRIPT | {"Visite du Conseil": "Visit"})
    after = merge({"note": anew}, xliff.read_edits(data)).bitexts["note"].pairs[0]
    assert (after.target, after.status) == ("Council visit", REVIEWED)


def test_logs_and_exports_read_back_and_name_the_line_that_is_wrong():
    edits = (edit(0, "a\u2028b", ignored=(Ignored("numbers", "missing: 3", "it’s “3”"),)), edit(1, before=None))
    log = log_lines(edits)
    assert read_log(log) == edits
    assert read_log(log + b'{"document": "no') == edits  # cut off by a crash
    with pytest.raises(FileError, match=r"note\.edits\.jsonl:3: is no edit: it has no 'source'"):
        read_log(log + b'{"document": "n", "segment_id": "s"}\n', "note.edits.jsonl")
    records = [json.loads(line) for line in log.splitlines()]
    assert read_export(json.dumps({"format": "aligner-edits", "version": 1, "edits": records}).encode()) == edits


@pytest.mark.parametrize(
    ("export", "message"),
    [
        (b"", "^x: is no file of edits: it is empty"),
        (b"{", "^x:1: is no file of edits: it is cut off"),
        (b'{"format": "aligner-edits",\n\xff}', "^x:2: is no file of edits: it is not UTF-8"),
        (b'{"format":\n oops}', "^x:2: is no file of edits: it is no JSON from column 2 on"),
        (b'{"format": "aligner-edits", "version": 2, "edits": []}', "of another format or version"),
        (b'{"format": "aligner-edits", "version": 1, "edits": {}}', "it has no list of edits"),
        (b'{"format": "aligner-edits", "version": 1, "edits": [3]}', "in edit 1, it is a whole number, not an object"),
        (
            EXPORT % (b"done", b""),
            "^x:7: is no file of edits: in edit 2, status is 'done', not one of draft, translated",
        ),
        (EXPORT % (b"draft", b"3"), "^x:7: is no file of edits: in edit 2, ignored is a whole number, not an object"),
        (EXPORT.replace(b'"y"', b"4") % (b"draft", b""), "^x:3: .* in edit 1, target is a whole number, not a text"),
    ],
)
def test_an_export_that_is_damaged_is_named_by_its_line(export, message):
    with pytest.raises(FileError, match=message):
        read_export(export, "x")


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
    assert (done.exit_code, done.stdout) == (0, "1 edit: 1 applied, 0 there already, 0 in conflict\n")
    after = files(out)
    changed = {name for name in after if before.get(name) != after[name]} - {".aligner.lock"}
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


def kept_conflicts(out):
    return [json.loads(line) for line in (out / "conflicts.jsonl").read_text(encoding="utf-8").splitlines()]


def test_conflicts_are_listed_kept_and_can_be_taken_later(tmp_path):
    out = run(tmp_path)
    first, second = (
        export(tmp_path, edit(3, "Thank you.")),
        export(tmp_path, edit(3, "Cheers."), name="hers.edits.json"),
    )
    done = apply(first, second, out)
    assert done.exit_code == 1
    assert "the segment was edited twice" in done.stdout
    assert "--newest takes those that were edited twice" in done.stdout
    assert [(one["edit"]["target"], one["target"]) for one in kept_conflicts(out)] == [("Cheers.", "Thank you.")]
    assert apply(second, out).exit_code == 1
    assert len(kept_conflicts(out)) == 1
    assert apply(out / "conflicts.jsonl", "--newest", out).exit_code == 0
    assert (out / "note" / "note.en").read_text().splitlines()[3] == "Cheers."
    assert [one.target for one in read_edit_log(out, "note")] == ["Thank you.", "Cheers."]
    assert kept_conflicts(out) == []


def test_a_conflict_is_over_when_the_segment_says_what_the_edit_wants(tmp_path):
    out = run(tmp_path)
    outputs = read_outputs(out)
    outputs.decide([edit(3, "Thank you."), edit(3, "Cheers."), edit(3, "Ta."), edit(0, "Visit", document="nota")])
    outputs = read_outputs(out)
    outputs.decide([edit(3, "Cheers.", before="Thank you.")])
    assert [(one["edit"]["target"], one["target"]) for one in kept_conflicts(out)] == [
        ("Ta.", "Cheers."),
        ("Visit", ""),
    ]
    outputs.decide([edit(3, "So long.")], newest=True)
    assert [(one["edit"]["target"], one["reason"]) for one in kept_conflicts(out)] == [
        ("Visit", "there is no such document")
    ]
    outputs.refresh()
    done = apply(out / "conflicts.jsonl", out)
    assert "--newest" not in done.stdout
    assert f"is {out} the output folder of “nota”?" in done.stdout


def test_a_review_checks_by_the_profile_of_the_run(tmp_path):
    out = run(tmp_path)
    (out / "checks.toml").write_text('[checks]\nnumbers = "info"\nend-punctuation = "off"\n', encoding="utf-8")
    outputs = read_outputs(out)
    served = outputs.page("note/note.html", "/token/edits")
    assert '"numbers":"info"' in served
    assert '"end-punctuation":' not in served
    outputs.decide([edit(1, "ISAF has 13 men")])
    outputs.refresh()
    bitext = jsonl.read((out / "note" / "note.jsonl").read_bytes())
    assert [(issue.check, issue.severity) for issue in bitext.pairs[1].issues] == [("numbers", "info")]
    assert '"numbers":"info"' in (out / "note" / "note.html").read_text(encoding="utf-8")
    assert read_outputs(out).stale == set()


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
    with pytest.raises(FileError, match="does not exist"):
        read_edits(tmp_path / "note.json")
    (tmp_path / "note.docx").write_bytes(b"PK")
    with pytest.raises(FileError, match=r"is in no format that edits come back in; choose among .json, .*, .xlf$"):
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
    with (
        one_writer(tmp_path),
        pytest.raises(AlignerError, match="written to by another"),
        one_writer(tmp_path),
    ):
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
