"""The pages as text: what they say, and that nothing in them can act."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace

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
    Issue,
    Link,
    ModelInfo,
    Pair,
    Score,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)
from aligner.review import DocumentSummary, RunSummary, render_document, render_index, summarise
from aligner.review.index import whiskers
from aligner.review.marks import mark, rules_at

MODEL = ModelInfo("fr-en-tiny", "r1", "ab" * 32, "transformers", (("beam", "4"),))
KEPT, INLINED, SUBSTITUTED, FAILED = TermStatus
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


def document_tree(*pairs, **options):
    return tree(render_document(bitext(*pairs, **options), model=MODEL).encode())


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
    return [render_document(document, model=model, **options), render_index(run)]


@pytest.mark.parametrize("page", hostile_pages(), ids=["document", "index"])
def test_hostile_text_stays_text(page):
    root = tree(page)
    assert len(root.findall(".//script")) == len(root.findall(".//style")) == 1
    assert not root.xpath("//img | //iframe | //object | //link | //base")
    assert not root.xpath("//@style | //@src | //@*[starts-with(name(), 'on')]")
    assert all(
        re.match(r"#|\./[A-Za-z0-9%._~/-]*$", link) for link in root.xpath("//@href") if not link.startswith("#")
    )
    assert "{{ 7 * 7 }}" in root.text_content()


@pytest.mark.parametrize("page", hostile_pages(), ids=["document", "index"])
def test_only_the_page_s_own_style_and_script_may_run(page):
    (policy,) = tree(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy
    assert not re.search(r"\burl\(|@import|innerHTML|outerHTML|insertAdjacentHTML|https?:", page)


@given(TEXT, TEXT, st.data())
def test_marks_never_change_the_text(source, target, data):
    def spans(text):
        at = st.integers(-2, len(text) + 2)
        return data.draw(st.lists(st.tuples(at, at), max_size=4))

    places = list(zip(spans(source), spans(target), strict=False))
    outcomes = tuple(outcome(KEPT, OTAN, *here, *there) for here, there in places)
    root = document_tree(pair(source, target, outcomes=outcomes))
    assert root.xpath("//td[contains(@class, 'source')]/p[@class='text']")[0].text_content() == source
    assert root.xpath("//td[contains(@class, 'target')]/p[@class='text']")[0].text_content() == target


def test_overlapping_spans_share_a_mark():
    pieces = mark("abcdef", [(0, 2, 0), (1, 4, 1), (4, 5, 2), (5, 9, 3)])
    assert [(piece.text, piece.hits) for piece in pieces] == [("abcd", (0, 1)), ("e", (2,)), ("f", ())]


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


def test_a_term_is_linked_across_the_sides_with_its_entry_and_rule():
    changes = (Change("term-replace", 0, "FIAS", "ISAF"),)
    root = document_tree(pair("La FIAS", "ISAF", outcomes=(outcome(SUBSTITUTED, FIAS, 3, 7, 0, 4),), changes=changes))
    marks = root.xpath("//mark")
    assert [(words(m), m.get("data-hits"), m.get("class")) for m in marks] == [
        ("FIAS", "0", "term substituted"),
        ("ISAF", "0", "term substituted"),
    ]
    hit, entry = (root.get_element_by_id(name) for name in marks[0].get("aria-describedby").split())
    assert words(hit) == "FIAS → ISAF Substituted : the model’s wording was replaced; by term-replace"
    assert words(entry) == "FIAS → ISAF 1 occurrence Forbidden FIAS"


def test_a_failed_term_is_named_on_the_target_side():
    root = document_tree(pair("l’OTAN", "the Alliance", outcomes=(outcome(FAILED, OTAN, 2, 6),)))
    (missing,) = root.xpath("//td[contains(@class, 'target')]//li[contains(@class, 'missing')]")
    assert words(missing) == "Term failed: OTAN → NATO"
    assert root.xpath("//tr[contains(@class, 'has-error')]")
    assert [words(m) for m in root.xpath("//mark")] == ["OTAN"]


def test_draft_and_changes_are_told():
    edited = replace(pair("Oui !", "Yes!"), draft="Yes !", changes=(Change("space", 3, " ", ""),))
    root = document_tree(edited, ("Non", "No"))
    (more,) = root.xpath("//details[@class='more']")
    assert words(more).startswith("1 change")
    assert words(more.xpath(".//ol/li")[0]) == "space · → nothing"
    assert words(more.xpath(".//p")[0]) == "Yes !"


def references_of(root):
    """Rows and references as they stand in the page: groups of segment ids and of 'label: text'."""
    groups = []
    for body in root.xpath("//table[contains(@class, 'bitext')]/tbody"):
        ids = [row.get("id").removeprefix("seg-") for row in body.xpath("tr[@id]")]
        groups.append((ids, [words(row) for row in body.xpath("tr[contains(@class, 'reference')]")]))
    return groups


@pytest.mark.parametrize(
    ("links", "groups"),
    [
        (
            [((0,), (0,)), ((1, 2), (1,)), ((3,), (2, 3))],
            [
                (["s0"], ["Reference 1–1 A"]),
                (["s1", "s2"], ["Reference 2–1 B"]),
                (["s3"], ["Reference 1–2 C D"]),
            ],
        ),
        (
            [((), (0,)), ((0,), (1,)), ((1,), ()), ((), (2,)), ((), (3,))],
            [
                ([], ["Reference 0–1 A"]),
                (["s0"], ["Reference 1–1 B"]),
                (["s1"], ["Reference 1–0, no sentence"]),
                ([], ["Reference 0–1 C"]),
                ([], ["Reference 0–1 D"]),
                (["s2"], []),
                (["s3"], []),
            ],
        ),
        (
            [((0, 2), (0,)), ((1,), (1,)), ((3,), (2,)), ((), (3,))],
            [
                (["s0"], ["Reference 2–1 A"]),
                (["s1"], ["Reference 1–1 B"]),
                (["s2"], ["Reference 2–1, with s0"]),
                (["s3"], ["Reference 1–1 C"]),
                ([], ["Reference 0–1 D"]),
            ],
        ),
    ],
    ids=["joined", "alone", "crossing"],
)
def test_every_reference_stands_once_beside_the_segments_of_its_link(links, groups):
    linked = tuple(Link(source, target, 0.5) for source, target in links)
    root = document_tree(*[("a", "b")] * 4, references=tuple("ABCD"), links=linked)
    assert references_of(root) == groups


def test_without_references_there_is_no_column_for_them():
    root = document_tree(("a", "b"))
    assert not root.xpath("//*[contains(@class, 'reference')]")
    assert len(root.xpath("//table[contains(@class, 'bitext')]/thead//th")) == 3


def test_languages_and_ids():
    term = outcome(KEPT, OTAN, 0, 4, 0, 4)
    root = document_tree(*[pair("OTAN", "NATO", outcomes=(term,))] * 3, kind=BlockKind.HEADING)
    assert root.get("lang") == "en"
    assert set(root.xpath("//td[contains(@class, 'source')]//p/@lang")) == {"fr"}
    assert set(root.xpath("//td[contains(@class, 'target')]//p/@lang")) == {"en"}
    assert root.xpath("//p[@class='subtitle']/@lang") == ["fr"]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in root.xpath("//@href") if link.startswith("#")} <= set(ids)
    assert {name for names in root.xpath("//@aria-describedby") for name in names.split()} <= set(ids)


@pytest.mark.parametrize(
    ("layout", "marker"), [("  • ", "•"), ("12. ", "12."), ("", None), ("Une longue mise en page : ", None)]
)
def test_a_block_shows_its_own_bullet_or_number(layout, marker):
    root = document_tree(("a", "b"), ("c", "d"), layout=layout, kind=BlockKind.BULLET)
    shown = [words(element) for element in root.xpath("//td[contains(@class, 'source')]/span[@class='marker']")]
    assert shown == ([marker] * 2 if marker else [])


def test_filters_count_segments():
    issue, other = Issue("numbers", Severity.ERROR, "x"), Issue("spaces", Severity.INFO, "y")
    hits = (outcome(KEPT, OTAN, 0, 1, 0, 1), outcome(KEPT, OTAN, 1, 2, 1, 2), outcome(FAILED, OTAN, 2, 3))
    root = document_tree(pair("abc", "abc", issues=(issue, issue, other), outcomes=hits), ("d", "e"), ("f", "g"))
    counts = {
        menu.get("data-facet"): [words(label) for label in menu.xpath(".//label")]
        for menu in root.xpath("//details[@class='menu']")
    }
    assert counts == {
        "severity": ["Error 1", "Info 1", "No issue 2"],
        "check": ["numbers 1", "spaces 1"],
        "terms": ["Kept 1", "Failed 1", "No term 2"],
        "kind": ["Paragraph 3"],
    }


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
    assert dict(summary.terms) == {KEPT: 1, INLINED: 0, SUBSTITUTED: 0, FAILED: 0}


def test_the_index_links_outputs_and_adds_up():
    first = DocumentSummary("a#b", "a#b/a#b", 1200, 9000, formats=("html", "en.txt"), terms=((KEPT, 3), (FAILED, 1)))
    second = DocumentSummary("c", "c/c", 34, 200, formats=("tmx",), terms=((FAILED, 1),))
    run = RunSummary(MODEL, ("nato.csv",), (first, second), failed=(("d", "empty file"),), files=("corpus.fr",))
    root = tree(render_index(run))
    assert root.xpath("//a/@href") == [
        "#documents", "#failed", "./corpus.fr", "./a%23b/a%23b.html", "./a%23b/a%23b.en.txt", "./c/c.tmx"
    ]  # fmt: skip
    totals = [words(cell) for cell in root.xpath("//tfoot//td")]
    assert totals == ["1,234", "9,200", "3", "0", "0", "2", "0", "0", "0"]
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
    assert "0</b> segments" in render_document(bitext(), model=MODEL)
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
