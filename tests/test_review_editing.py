"""A reviser at work in a real browser: edit, confirm, comment, undo, come back, export, apply; and the served page."""

import http.client
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from aligner.cli import app
from aligner.desk import Desk
from aligner.formats import FORMATS, find_format, jsonl
from aligner.formats.pairs import read_pairs
from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Document,
    Edit,
    Issue,
    ModelInfo,
    Pair,
    ReviewStatus,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.outputs import base_path, read_edits, read_outputs, write_document, write_run
from aligner.review import RunSummary, render_document, render_run, summarise
from aligner.review.server import ReviewServer
from aligner.revision import decided

pytestmark = pytest.mark.slow
MODEL = ModelInfo("fr-en-tiny", "r1", "ab" * 32, "fake")
OTAN = Term("OTAN", "NATO", origin="nato.csv:2")
LINES = (
    ("Visite du Conseil", "Council visit", None),
    ("L’OTAN a reçu 1 240 hommes.", "The Alliance received 1,420 men.", OTAN),
    ("Merci.", "Thanks.", None),
    ("<script>alert('x')</script> & \"co\"", "<script>alert('x')</script> & \"co\"", None),
)


def note(name="lettre"):
    text, pairs = "", []
    for number, (source, target, term) in enumerate(LINES, 1):
        block = Block(BlockKind.PARAGRAPH, len(text), len(text) + len(source))
        segment = Segment(f"s{number}", source, block.start, block.end, block)
        outcomes, issues = (), ()
        if term:
            at = source.index(term.source)
            outcomes = (TermOutcome(TermHit(term, at, at + len(term.source)), TermStatus.FAILED),)
            issues = (
                Issue("term-failed", Severity.ERROR, "“OTAN” is not translated as “NATO”"),
                Issue("numbers", Severity.ERROR, "missing: 1 240"),
            )
        pairs.append(Pair(segment, target, target, -0.1 * number, outcomes, (), issues))
        text += f"{source}\n\n"
    return Bitext(Document(name, text, tuple(pair.source.block for pair in pairs)), tuple(pairs))


@pytest.fixture
def visit(watched, tmp_path):
    open_page, _ = watched

    def visit_page(html, context=None, **options):
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        return open_page(file.as_uri(), context, **options)

    return visit_page


@pytest.fixture
def page(visit):
    return visit(render_document(note(), model=MODEL))


def press(page, keys):
    """Press keys that blanks separate."""
    for key in keys.split():
        page.keyboard.press(key)


def state(page, segment):
    return page.locator(f"#seg-{segment}").get_attribute("data-status")


def target(page, segment):
    return page.locator(f"#seg-{segment} .target .text").inner_text()


def issues(page, segment):
    return page.locator(f"#seg-{segment} .issue:not(.ignored) .badge").all_inner_texts()


def done(page):
    return page.locator(".bar .done").inner_text()


def exported(page, kind, tmp_path):
    page.locator("#export summary").click()
    with page.expect_download() as download:
        page.locator(f"[data-export={kind}]").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_editing_by_keyboard_with_live_checks(page):
    press(page, "j j e")
    assert issues(page, "s2") == ["Numbers"]
    assert page.locator("#seg-s2 .chip").inner_text() == "OTAN → NATO – missing"
    page.locator(".editor").fill("NATO received 1,240 men")
    assert issues(page, "s2") == ["End punctuation"]
    assert page.locator("#seg-s2 .chip").inner_text() == "OTAN → NATO ✓"
    page.keyboard.type(".")
    assert issues(page, "s2") == []
    press(page, "Enter")
    assert (target(page, "s2"), state(page, "s2")) == ("NATO received 1,240 men.", "reviewed")
    assert [mark.inner_text() for mark in page.locator("#seg-s2 mark").all()] == ["OTAN", "NATO"]
    assert page.evaluate("document.activeElement.id") == "seg-s3"
    assert done(page) == "1 of 4 reviewed"
    assert page.locator(".bar progress").get_attribute("value") == "1"
    page.locator(".badges .error").wait_for(state="hidden", timeout=5000)  # badges are counted a moment later


def test_live_checks_are_those_of_the_run_s_profile(visit):
    page = visit(render_document(note(), model=MODEL, checks={"numbers": Severity.INFO}))
    press(page, "j j e")
    page.locator(".editor").fill("NATO received 1,420 men")
    assert issues(page, "s2") == ["Numbers"]
    assert page.locator("#seg-s2 .issue.info").count() == 1


def test_live_checks_use_the_words_of_a_run(page):
    """An issue is ignored by its words, and has to be found again when the edit is applied."""
    live = {"empty", "term-failed", "numbers", "address", "doubled-word", "brackets", "quotes", "spaces"}
    live |= {"end-punctuation"}
    said = 0
    pair = note().pairs[1]
    source = "L’OTAN (bis) a reçu 1 240 hommes et 3 chars : voir https://nato.int/a « ici »."
    segment = replace(pair.source, text=source, end=pair.source.start + len(source))
    for target in (
        "NATO (bis) received 1,240 men and 3 tanks: see https://nato.int/a “here”.",
        "The Alliance received 1,420 men and 3 tanks: see https://nato.int/b “here”",
        "NATO (bis received men and 3 tanks , see “ here.",
        "NATO) received received 1,240  men and 3, 4 and 5 tanks ",
        "NATO (bis) received 12 and 13 and 14; 14!",
    ):
        edited = decided(replace(pair, source=segment), Edit("lettre", "s2", source, target, ReviewStatus.TRANSLATED))
        wanted = sorted(f"{one.severity} {one.check}: {one.message}" for one in edited.issues if one.check in live)
        row = {"source": source, "terms": [{"entry": 0, "source": [2, 6]}], "target": pair.target}
        found = page.evaluate("([row, target]) => checkTarget(row, target)", [row, target])
        assert sorted(f"{one['severity']} {one['check']}: {one['message']}" for one in found) == wanted, target
        said += len(wanted)
    assert said > 12


def test_what_is_typed_stays_when_the_editor_is_left_and_can_be_undone(page):
    press(page, "j e")
    page.keyboard.type(" today")
    press(page, "Escape")
    assert (target(page, "s1"), state(page, "s1")) == ("Council visit today", "translated")
    press(page, "x")
    assert state(page, "s1") == "rejected"
    press(page, "u u")
    assert (target(page, "s1"), state(page, "s1")) == ("Council visit", "draft")
    press(page, "U")
    assert target(page, "s1") == "Council visit today"


def test_going_elsewhere_with_the_pointer_keeps_the_text_and_the_focus(page):
    press(page, "j e")
    page.keyboard.type(" today")
    page.locator("#seg-s3 .source .text").click()
    assert (target(page, "s1"), state(page, "s1")) == ("Council visit today", "translated")
    assert page.locator(".editor").count() == 0
    assert page.evaluate("document.activeElement.id") == "seg-s3"
    press(page, "x")
    assert state(page, "s3") == "rejected"


def test_shortcuts_are_letters_in_the_editor_and_a_segment_stays_one_line(page):
    press(page, "j e")
    page.keyboard.type("jknxu?/")
    page.keyboard.press("Shift+Enter")
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'a\\nb');
      document.querySelector('.editor').focus();
      document.execCommand('insertText', false, ' ');
      const field = document.querySelector('.editor');
      field.setRangeText('c\\nd', field.value.length, field.value.length, 'end');
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
    }""")
    press(page, "Escape")
    assert target(page, "s1") == "Council visitjknxu?/ c d"


def test_comments_and_issues_that_are_ignored_with_a_reason(page):
    press(page, "j j c")
    page.keyboard.type("ask the author")
    press(page, "Enter")
    assert page.locator("#seg-s2 li.comment").inner_text() == "Comment ask the author"
    page.get_by_role("button", name="Ignore Numbers").click()
    press(page, "Enter")  # a reason is needed
    page.keyboard.type("typo in the source")
    press(page, "Enter")
    assert issues(page, "s2") == ["Term failed"]
    assert "Ignored: typo in the source" in page.locator("#seg-s2 .ignored").inner_text()
    page.wait_for_timeout(300)  # badges count when the hand rests
    assert page.locator(".badges button:visible").all_inner_texts() == ["Errors 1", "No issue 3", "Term failed 1"]
    page.get_by_role("button", name="Restore").click()
    assert issues(page, "s2") == ["Term failed", "Numbers"]


def test_a_term_can_be_inserted_by_its_button(page):
    press(page, "j j e")
    page.locator(".editor").press("Home")
    page.locator("#seg-s2 .chip").click()
    assert page.locator(".editor").input_value() == "NATOThe Alliance received 1,420 men."
    assert page.evaluate("document.activeElement.className") == "editor"


def test_filters_hold_a_row_that_was_just_confirmed(page):
    page.locator("[data-facet=status] summary").click()
    page.locator("[data-facet=status] input[value=draft]").check()
    page.wait_for_timeout(50)
    page.locator("[data-facet=status] summary").click()
    press(page, "j Enter")
    assert state(page, "s1") == "reviewed"
    page.locator("[data-facet=status] summary").click()
    page.locator("[data-facet=status] input[value=rejected]").check()
    page.wait_for_timeout(50)
    assert page.evaluate("list.order.map((row) => row.id)") == ["s2", "s3", "s4"]


def test_decisions_survive_a_reload_a_crash_and_belong_to_one_version(page, visit):
    press(page, "j Enter e")
    page.keyboard.type("?")
    page.wait_for_timeout(400)  # autosave, with the editor open
    context = page.context
    page.close(run_before_unload=False)
    again = visit(render_document(note(), model=MODEL), context)
    assert "restored" in again.locator("#notice").inner_text()
    assert (state(again, "s1"), target(again, "s2")) == ("reviewed", "The Alliance received 1,420 men.?")
    # The page of the whole run has the decisions too.
    run = visit(render_run([note(), note("other")], model=MODEL), context)
    assert run.locator("#seg-0-s1").get_attribute("data-status") == "reviewed"
    assert run.locator("#seg-1-s1").get_attribute("data-status") == "draft"
    # Another version of the document: what was decided is offered, not taken.
    changed = note()
    changed = replace(changed, pairs=(*changed.pairs[:3], replace(changed.pairs[3], target="x", draft="x")))
    other = visit(render_document(changed, model=MODEL), context)
    assert state(other, "s1") == "draft"
    other.get_by_role("button", name="Take them over").click()
    assert (state(other, "s1"), target(other, "s2")) == ("reviewed", "The Alliance received 1,420 men.?")


def test_two_tabs_agree(page, visit):
    other = visit(render_document(note(), model=MODEL), page.context)
    press(page, "j Enter")
    page.wait_for_timeout(400)
    other.locator("#seg-s1[data-status=reviewed]").wait_for(timeout=2000)


def outputs(tmp_path, *bitexts):
    out = tmp_path / "out"
    formats = (*FORMATS, "html")
    summaries = []
    for bitext in bitexts:
        suffixes = write_document(out, bitext, formats, MODEL)
        summaries.append(summarise(bitext, formats=suffixes))
    write_run(out, RunSummary(MODEL, documents=tuple(summaries), files=("review.html",)), bitexts)
    return out


def test_what_the_page_exports_is_what_the_outputs_get(watched, tmp_path):
    """Open, edit, confirm, export, apply: every file has the bytes that the reviewed bitext gives."""
    open_page, _ = watched
    out = outputs(tmp_path, note(), note("other"))
    page = open_page((out / "lettre" / "lettre.html").as_uri())
    press(page, "j Enter e")
    page.locator(".editor").fill("NATO received 1,240 men “today”.")
    press(page, "Enter x c")
    page.keyboard.type("too <curt>")
    press(page, "Enter")
    path = exported(page, "json", tmp_path)
    assert path.name == "lettre.edits.json"
    runner = CliRunner()
    applied = runner.invoke(app, ["review", "apply", str(path), str(out)])
    assert (applied.exit_code, applied.stdout) == (0, "3 edits: 3 applied, 0 there already, 0 in conflict\n")
    bitext = jsonl.read((out / "lettre" / "lettre.jsonl").read_bytes())
    assert [(pair.target, pair.status, pair.comment) for pair in bitext.pairs] == [
        ("Council visit", ReviewStatus.REVIEWED, ""),
        ("NATO received 1,240 men “today”.", ReviewStatus.REVIEWED, ""),
        ("Thanks.", ReviewStatus.REJECTED, "too <curt>"),
        (LINES[3][1], ReviewStatus.DRAFT, ""),
    ]
    for name in FORMATS:
        for suffix, data in find_format(name).write(bitext).items():
            assert (out / f"{base_path('lettre')}{suffix}").read_bytes() == data, suffix
    # The page shows what was applied, and its stored decisions are spent.
    page.reload()
    assert (state(page, "s2"), target(page, "s2")) == ("reviewed", "NATO received 1,240 men “today”.")
    assert not page.locator("#notice").is_visible()
    assert page.evaluate("edits.size") == 0
    # Going on from an open page is no conflict with oneself.
    press(page, "j e")
    page.keyboard.type("!")
    press(page, "Enter")
    exported(page, "json", tmp_path)
    assert runner.invoke(app, ["review", "apply", str(path), str(out)]).exit_code == 0
    press(page, "k e")
    page.keyboard.type("!")
    press(page, "Enter")
    exported(page, "json", tmp_path)
    assert runner.invoke(app, ["review", "apply", str(path), str(out)]).exit_code == 0
    assert jsonl.read((out / "lettre" / "lettre.jsonl").read_bytes()).pairs[0].target == "Council visit!!"


@pytest.mark.parametrize("kind", ["tmx", "xliff"])
def test_bilingual_exports_come_back_as_they_were_decided(page, tmp_path, kind):
    press(page, "j Enter e")
    page.locator(".editor").fill("NATO <b> & “co”.")
    press(page, "Enter c")
    page.keyboard.type("why?")
    press(page, "Enter")
    path = exported(page, kind, tmp_path)
    back = {edit.segment_id: edit for edit in read_edits(path)}
    assert list(back) == (["s1", "s2"] if kind == "tmx" else ["s1", "s2", "s3"])
    assert (back["s2"].document, back["s2"].source) == ("lettre", LINES[1][0])
    assert (back["s2"].target, back["s2"].status) == ("NATO <b> & “co”.", ReviewStatus.REVIEWED)
    if kind == "xliff":
        # Of a draft that nobody touched, the comment alone is an edit.
        assert (back["s3"].target, back["s3"].status, back["s3"].comment) == ("", ReviewStatus.DRAFT, "why?")
        assert [(pair.source, pair.target) for pair in read_pairs(path)][2:] == [line[:2] for line in LINES[2:]]


def wait_until_sent(page):
    """Wait for the server to have everything; not by wait_for_function, which the page's policy refuses."""
    for _ in range(100):
        if page.evaluate("!syncing.dirty.size && !syncing.busy"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the edits were not sent")


@contextmanager
def serving(out):
    with Desk(read_outputs(out)) as desk:
        server = ReviewServer(desk)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def test_the_served_page_writes_straight_into_the_outputs(watched, tmp_path):
    open_page, requests = watched
    out = outputs(tmp_path, note(), note("sub/other"))
    with serving(out) as server:
        page = open_page(server.url)
        page.locator("#seg-1-s1 .target .text").dblclick()
        page.locator(".editor").fill("Visit of the Council")
        press(page, "Enter")
        page.locator(".saved", has_text="Saved in the outputs").wait_for()
        wait_until_sent(page)
        press(page, "u")
        page.wait_for_timeout(100)
        press(page, "U")
        wait_until_sent(page)
        page.reload()
        assert page.locator("#seg-1-s1 .target .text").inner_text() == "Visit of the Council"
        page.goto(server.url.replace("review.html", "sub/other/other.html"))
        assert target(page, "s1") == "Visit of the Council"
        assert all(url.startswith(f"http://127.0.0.1:{server.server_port}/{server.token}/") for url in requests)
    assert (out / "sub" / "other" / "other.en").read_text().startswith("Visit of the Council\n")
    assert (out / "corpus.en").read_text().count("Visit of the Council") == 1
    log = [json.loads(line) for line in (out / "sub" / "other" / "other.edits.jsonl").read_text().splitlines()]
    assert log[-1]["target"] == "Visit of the Council"
    for before, after in pairwise(log):
        assert after["before"] == before["target"]


def test_a_second_tab_on_the_server_is_told_of_a_conflict(watched, tmp_path):
    open_page, _ = watched
    out = outputs(tmp_path, note())
    with serving(out) as server:
        first, second = open_page(server.url), open_page(server.url)
        for page, text in ((first, "One."), (second, "Two.")):
            press(page, "j e")
            page.locator(".editor").fill(text)
            press(page, "Enter")
            wait_until_sent(page)
        assert "edited twice" in second.locator("#notice").inner_text()
    assert jsonl.read((out / "lettre" / "lettre.jsonl").read_bytes()).pairs[0].target == "One."
    assert "Two." in (out / "conflicts.jsonl").read_text()


def ask(server, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": f"127.0.0.1:{server.server_port}", **sent})
    answer = connection.getresponse()
    connection.close()
    return answer.status


def test_the_server_answers_its_own_page_and_nobody_else(tmp_path):
    out = outputs(tmp_path, note())
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    with serving(out) as server:
        home, root = f"127.0.0.1:{server.server_port}", f"/{server.token}"
        own = {"Origin": f"http://{home}", "Content_Type": "application/json"}
        assert ask(server, "GET", f"{root}/review.html") == 200
        assert ask(server, "GET", f"{root}/index.html") == 200
        assert ask(server, "GET", f"{root}/lettre/lettre.html") == 200
        assert ask(server, "POST", f"{root}/edits", "[]", **own) == 200
        assert ask(server, "GET", "/review.html") == 404
        assert ask(server, "GET", f"/{server.token[:-1]}/review.html") == 404
        assert ask(server, "GET", f"{root}/review.html", Host="evil.example:80") == 403
        for path in ("report.json", "lettre/lettre.tmx", "../secret.html", "%2e%2e/secret.html", "lettre/../review"):
            assert ask(server, "GET", f"{root}/{path}") == 404
        assert ask(server, "POST", f"{root}/edits", "[]", **own | {"Origin": "http://evil.example"}) == 403
        assert ask(server, "POST", f"{root}/edits", "[]", Content_Type="application/json") == 403
        assert ask(server, "POST", f"{root}/edits", "[]", **own | {"Content_Type": "text/plain"}) == 404
        assert ask(server, "POST", f"{root}/edits", "[{}]", **own) == 400
        assert ask(server, "POST", f"{root}/edits", "[]", **own | {"Content_Length": "99999999999"}) == 400
