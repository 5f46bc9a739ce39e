"""The pages as text: what they say, and that nothing in them can act."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Change,
    Document,
    Ignored,
    Issue,
    Link,
    ModelInfo,
    Pair,
    ReviewStatus,
    Score,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.records import read_as
from aligner.review import (
    DocumentSummary,
    RunSummary,
    render_document,
    render_index,
    render_run,
    summarise,
)
from aligner.review.index import whiskers
from aligner.review.marks import rules_at

MODEL = ModelInfo("fr-en-tiny", "r1", "ab" * 32, "transformers", (("beam", "4"),))
KEPT, SUBSTITUTED, FAILED = TermStatus.KEPT, TermStatus.SUBSTITUTED, TermStatus.FAILED
HOSTILE = "</script><script>alert(1)</script> ' \" & javascript:alert(1) <img src=x onerror=alert(1)> {{ 7 * 7 }}"
# HTML has no way to write other controls; the readers of a browser would change them.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)


def bitext(*pairs, layout="", kind=BlockKind.PARAGRAPH, name="lettre", references=(), links=()):
    """Pairs of (source, target), or whole Pairs without their place, each in a block of its own."""
    text, blocks, placed = "", [], []
    for number, pair in enumerate(pairs):
        if isinstance(pair, tuple):
            pair = Pair(Segment("", pair[0], 0, 0, Block(kind, 0, 0)), pair[1], pair[1])  # noqa: PLW2901
        text += layout
        block = Block(kind, len(text), len(text) + len(pair.source.text))
        segment = Segment(f"s{number}", pair.source.text, block.start, block.end, block)
        blocks.append(block)
        placed.append(replace(pair, source=segment))
        text += segment.text + "\n\n"
    return Bitext(Document(name, text, tuple(blocks)), tuple(placed), references, links)


def pair(source, target, **fields):
    return Pair(Segment("", source, 0, len(source), Block(BlockKind.PARAGRAPH, 0, 0)), target, target, **fields)


def outcome(status, term, *places):
    return TermOutcome(TermHit(term, *places[:2]), status, *places[2:])


def tree(page):
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def page_of(*pairs, **options):
    return render_document(bitext(*pairs, **options), model=MODEL)


def data_of(page):
    """What the page's script reads."""
    (text,) = tree(page).xpath("//script[@type='application/json']/text()")
    return json.loads(text)


def rows_of(*pairs, **options):
    return data_of(page_of(*pairs, **options))["rows"]


OTAN = Term("OTAN", "NATO", note="note d’usage", origin="nato.csv:2")
FIAS = Term("FIAS", "ISAF", forbidden=("FIAS",))
HOSTILE_TERM = Term(HOSTILE, HOSTILE, (HOSTILE,), (HOSTILE,), False, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, HOSTILE)
HOSTILE_PAIR = pair(
    HOSTILE,
    HOSTILE,
    outcomes=(outcome(FAILED, HOSTILE_TERM, 0, len(HOSTILE)),),
    changes=(Change(HOSTILE, 0, HOSTILE, HOSTILE),),
    issues=(Issue(HOSTILE, Severity.ERROR, HOSTILE),),
)
HOSTILE_SCORE = Score(HOSTILE, 1.0, HOSTILE)


def hostile_pages():
    document = bitext(HOSTILE_PAIR, name=HOSTILE, references=(HOSTILE,), links=(Link((0,), (0,), 1.0),))
    model = ModelInfo(HOSTILE, HOSTILE, HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),))
    summary = summarise(document, formats=("html", "en.txt"), scores=(HOSTILE_SCORE,))
    run = RunSummary(
        model, (HOSTILE,), (summary,), (HOSTILE_SCORE,), (HOSTILE_SCORE,), ((HOSTILE, HOSTILE),), (HOSTILE,)
    )
    options = {"scores": (HOSTILE_SCORE,), "baseline": (HOSTILE_SCORE,), "index_href": HOSTILE}
    pages = [render_document(document, model=model, **options), render_run([document] * 2, model=model)]
    return [*pages, render_index(run)]


@pytest.mark.parametrize("page", hostile_pages(), ids=["document", "run", "index"])
def test_hostile_text_stays_text(page):
    root = tree(page)
    assert len(root.xpath("//script[not(@type)]")) == len(root.findall(".//style")) == 1
    assert page.count("</script>") == len(root.findall(".//script"))
    assert not root.xpath("//img | //iframe | //object | //link | //base")
    assert not root.xpath("//@style | //@src | //@*[starts-with(name(), 'on')]")
    assert all(
        re.match(r"#|\./[A-Za-z0-9%._~/-]*$", link) for link in root.xpath("//@href") if not link.startswith("#")
    )
    assert "{{ 7 * 7 }}" in root.text_content()


@pytest.mark.parametrize("page", hostile_pages(), ids=["document", "run", "index"])
def test_only_the_page_s_own_style_and_script_may_run(page):
    (policy,) = tree(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    code = "".join(tree(page).xpath("//style/text() | //script[not(@type)]/text()"))
    assert not re.search(r"\burl\(|@import|innerHTML|outerHTML|insertAdjacentHTML|https?://\w", code)
    assert "connect-src" not in policy


def test_a_served_page_may_send_its_edits_home():
    page = render_document(bitext(("a", "b")), model=MODEL, served="/token/edits")
    (policy,) = tree(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "connect-src 'self';" in policy
    assert data_of(page)["served"] == "/token/edits"


@given(TEXT, TEXT, st.data())
def test_offsets_are_those_of_the_browser(source, target, data):
    at = data.draw(st.tuples(*[st.integers(0, len(text)) for text in (source, source, target, target)]))
    places = (*sorted(at[:2]), *sorted(at[2:]))
    (row,) = rows_of(pair(source, target, outcomes=(outcome(KEPT, OTAN, *places),)))
    (term,) = row["terms"]
    for text, name, span in ((source, "source", places[:2]), (target, "target", places[2:])):
        units = text.encode("utf-16-le")
        start, end = term[name]
        assert row[name] == text
        assert units[2 * start : 2 * end].decode("utf-16-le") == text[slice(*span)]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ((Change("term", 4, "FIAS", "ISAF"), Change("case", 0, "la", "The")), ("term",)),
        ((Change("term", 4, "FIAS", "ISAF"), Change("all", 0, "the ISAF", "The ISAF")), ("term", "all")),
        ((Change("early", 0, "le", "the"), Change("late", 9, "x", "y")), ()),
        ((Change("gone", 5, "xx", ""), Change("same", 5, "IS", "IS")), ("same",)),
    ],
)
def test_the_rules_of_a_term_are_traced_through_later_changes(changes, rules):
    assert rules_at(changes, 5, 9) == rules


def test_a_term_has_its_places_its_entry_and_its_rule():
    changes = (Change("term-copied", 0, "FIAS", "ISAF"),)
    hit = outcome(SUBSTITUTED, FIAS, 3, 7, 0, 4)
    data = data_of(page_of(pair("La FIAS", "ISAF", outcomes=(hit,), changes=changes)))
    assert data["rows"][0]["terms"] == [
        {"entry": 0, "status": "substituted", "source": [3, 7], "target": [0, 4], "rules": ["term-copied"]}
    ]
    assert data["entries"] == [{"source": "FIAS", "target": "ISAF", "forbidden": ["FIAS"]}]


def test_a_failed_term_is_said_once():
    said = Issue("term-failed", Severity.ERROR, "“OTAN” is not translated as “NATO”")
    failed = outcome(FAILED, OTAN, 2, 6)
    for issues in ((said,), ()):
        (row,) = rows_of(pair("l’OTAN", "the Alliance", outcomes=(failed,), issues=issues))
        message = {"severity": "error", "check": "term-failed", "message": said.message, "term": 0}
        assert row["issues"] == [message]


def test_what_a_reviewer_wrote_is_told_from_what_the_machine_did():
    changes = (Change("blanks", 3, " ", ""), Change("review", 0, "Yes", "Indeed"))
    edited = replace(
        pair("Oui !", "Indeed!", outcomes=(outcome(KEPT, OTAN, 0, 3, 0, 6),)), draft="Yes !", changes=changes
    )
    edited = replace(edited, status=ReviewStatus.REVIEWED, comment="warmer", ignored=(Ignored("a", "b", "c"),))
    (row,) = rows_of(edited)
    assert (row["draft"], row["changes"]) == ("Yes !", [["blanks", " ", ""]])
    assert (row["status"], row["comment"]) == ("reviewed", "warmer")
    assert row["ignored"] == [{"check": "a", "message": "b", "reason": "c"}]
    assert row["terms"][0]["status"] == "edited"


def test_edits_are_kept_for_one_version_of_a_text():
    keys = [data_of(page_of(*pairs))["documents"][0]["key"] for pairs in ([("a", "b")], [("a", "b")], [("a", "c")])]
    assert keys[0] == keys[1] != keys[2]


def references_of(rows):
    """Rows as (id or None, the ids that share its reference, how many sentences that is, its text)."""
    return [
        (row.get("id"), reference and (reference["ids"], reference["sentences"], reference.get("text", "")))
        for row in rows
        for reference in [row.get("reference")]
    ]


@pytest.mark.parametrize(
    ("links", "rows"),
    [
        (
            [((0,), (0,)), ((1, 2), (1,)), ((3,), (2, 3))],
            [
                ("s0", (["s0"], 1, "A")),
                ("s1", (["s1", "s2"], 1, "B")),
                ("s2", (["s1", "s2"], 1, "B")),
                ("s3", (["s3"], 2, "C D")),
            ],
        ),
        (
            [((), (0,)), ((0,), (1,)), ((1,), ()), ((), (2,)), ((), (3,))],
            [
                (None, ([], 1, "A")),
                ("s0", (["s0"], 1, "B")),
                ("s1", (["s1"], 0, "")),
                (None, ([], 1, "C")),
                (None, ([], 1, "D")),
                ("s2", None),
                ("s3", None),
            ],
        ),
    ],
    ids=["joined", "alone"],
)
def test_every_reference_stands_beside_the_segments_of_its_link(links, rows):
    linked = tuple(Link(source, target, 0.5) for source, target in links)
    assert references_of(rows_of(*[("a", "b")] * 4, references=tuple("ABCD"), links=linked)) == rows


def test_without_references_there_is_no_column_for_them():
    assert "reference" not in rows_of(("a", "b"))[0]
    assert len(tree(page_of(("a", "b"))).xpath("//*[@role='columnheader']")) == 3


def test_the_page_reads_without_script():
    edited = pair("Oui <b>", "Yes <b>", issues=(Issue("numbers", Severity.ERROR, "missing: 3"),))
    root = tree(page_of(edited, kind=BlockKind.HEADING))
    assert root.get("lang") == "en"
    assert root.xpath("//p[@class='subtitle']/@lang") == ["fr"]
    (row,) = root.xpath("//noscript//tbody/tr")
    assert [(words(cell), cell.get("lang")) for cell in row] == [
        ("s0", None),
        ("Oui <b>", "fr"),
        ("Yes <b> Error: missing: 3", "en"),
    ]


@pytest.mark.parametrize(
    ("layout", "marker"), [("  • ", "•"), ("12. ", "12."), ("", None), ("Une longue mise en page : ", None)]
)
def test_a_block_shows_its_own_bullet_or_number(layout, marker):
    rows = rows_of(("a", "b"), ("c", "d"), layout=layout, kind=BlockKind.BULLET)
    assert [row.get("marker") for row in rows] == [marker] * 2


def test_a_run_s_page_has_its_documents_and_says_what_it_left_out():
    page = render_run([bitext(("a", "b"), name="x/one"), bitext(("c", "d"), name="two")], model=MODEL, left_out=3)
    data = data_of(page)
    assert [(one["name"], one["length"]) for one in data["documents"]] == [("x/one", 1), ("two", 1)]
    assert [row["d"] for row in data["rows"]] == [0, 1]
    assert "3 documents more would make it too large" in page


def test_a_report_reads_back():
    summary = summarise(bitext(("a", "b")), formats=("html",), scores=(Score("BLEU", 1.5, "sig", 1.0, 2.0),))
    run = RunSummary(MODEL, ("nato.csv",), (summary,), (HOSTILE_SCORE,), (), (("x", "why"),), ("review.html",))
    assert read_as(RunSummary, json.loads(json.dumps(asdict(run)))) == run


def test_scores_stand_beside_those_without_the_glossary():
    scores = (Score("BLEU", 30.04, "sig|a", 28.0, 32.0), Score("terms", 99.0, "ours"))
    page = render_document(bitext(("a", "b")), model=MODEL, scores=scores, baseline=(Score("BLEU", 30.0, "sig|a"),))
    root = tree(page)
    rows = [[words(cell) for cell in row] for row in root.xpath("//table[@class='scores']//tr")]
    assert rows == [
        ["Metric", "With glossary", "Without", "Difference"],
        ["BLEU", "30.0 [28.0–32.0]", "30.0", "0.0"],
        ["terms", "99.0", "–", "–"],
    ]
    assert "sig|a" in root.xpath("//details//code/text()")


def test_summarise_counts_what_the_index_shows():
    document = bitext(
        pair("L’OTAN : 33 %", "NATO: 33%", outcomes=(outcome(KEPT, OTAN, 2, 6, 0, 4),)),
        ("Fin", "End"),
        name="2004/istanbul",
        kind=BlockKind.HEADING,
    )
    summary = summarise(document, formats=("html",))
    assert (summary.path, summary.segments, summary.words) == ("2004/istanbul/istanbul", 2, 3)
    assert summary.title == "L’OTAN : 33 %"
    assert dict(summary.terms) == {status: int(status is KEPT) for status in TermStatus}


def test_the_index_links_outputs_and_adds_up():
    first = DocumentSummary("a#b", "a#b/a#b", 1200, 9000, formats=("html", "en.txt"), terms=((KEPT, 3), (FAILED, 1)))
    second = DocumentSummary("c", "c/c", 34, 200, formats=("tmx",), terms=((FAILED, 1),))
    run = RunSummary(MODEL, ("nato.csv",), (first, second), failed=(("d", "empty file"),), files=("corpus.fr",))
    root = tree(render_index(run))
    assert root.xpath("//a/@href") == [
        "#documents", "#failed", "./corpus.fr", "./a%23b/a%23b.html", "./a%23b/a%23b.en.txt", "./c/c.tmx"
    ]  # fmt: skip
    totals = [words(cell) for cell in root.xpath("//tfoot//td")]
    assert totals == ["1,234", "9,200", "3", *["0"] * (len(TermStatus) - 2), "2", "0", "0", "0"]
    assert words(root.get_element_by_id("failed")) == "1 document failed d empty file"
    assert not root.xpath("//svg")


def test_whiskers_stay_on_the_chart():
    off = (Score("chrF++", -3.0, ""),)
    chart = whiskers((Score("TER", 50.0, ""), Score("BLEU", 40.0, ""), Score("chrF++", 99.0, "", 97.0, 101.5)), off)
    assert [(w.metric, w.low, w.value, w.high, w.off) for w in chart] == [
        ("chrF++", 97.0, 99.0, 100.0, 0.0),
        ("BLEU", 40.0, 40.0, 40.0, None),
    ]


def test_an_empty_document_and_an_empty_run_have_a_page():
    assert "0 segments" in render_document(bitext(), model=MODEL)
    assert "0 documents" in render_index(RunSummary(MODEL))


def test_the_same_bitext_gives_the_same_bytes_and_templates_load_late():
    program = (
        "import sys, hashlib; from aligner.model import *; from aligner.review import render_document\n"
        "assert 'jinja2' not in sys.modules\n"
        "issues = tuple(Issue(name, severity, '') for name in 'abcdef' for severity in Severity)\n"
        "pair = Pair(Segment('s', 'x', 0, 1, Block(BlockKind.CAPTION, 0, 1)), 'y', 'z', issues=issues)\n"
        "page = render_document(Bitext(Document('d', 'x', ()), (pair,)), model=ModelInfo('m', '', '', 'fake'))\n"
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in "123"
    }
    assert len(hashes) == 1
