"""The pages in a real browser: what a reviser clicks, types and sees."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

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
    replay,
)
from aligner.review import RunSummary, render_document, render_index, render_run, summarise

pytestmark = pytest.mark.slow
KEPT, INLINED, SUBSTITUTED, FAILED = (TermStatus(name) for name in ("kept", "inlined", "substituted", "failed"))
OTAN = Term("OTAN", "NATO", ("O.T.A.N.",), case_sensitive=True, domain="institutions", origin="nato.csv:2")
FIAS = Term(
    "FIAS", "ISAF", forbidden=("FIAS",), case_sensitive=True, domain="operations", note="2001–2014", origin="nato.csv:7"
)
FORCE = Term(
    "Force internationale d’assistance à la sécurité",
    "International Security Assistance Force",
    domain="operations",
    pos="noun",
    origin="nato.csv:8",
)
EPR = Term(
    "équipe provinciale de reconstruction",
    "Provincial Reconstruction Team",
    target_variants=("Provincial Reconstruction Teams", "PRT", "PRTs"),
    forbidden=("regional rebuilding team",),
    pos="noun",
    origin="nato.csv:31",
)
PPP = Term("Partenariat pour la paix", "Partnership for Peace", ("PPP",), ("PfP",), origin="nato.csv:12")
SGD = Term("secrétaire général délégué", "Deputy Secretary General", forbidden=("delegated",), origin="nato.csv:44")
SCRIPT = Term("<script>alert('term')</script>", '"><img src=x onerror=alert(1)>', note="javascript:alert(1)")

# Each block: kind, its layout on the line, and its segments as
# (source, draft, changes (rule, before, after), terms (term, source, target, status), issues).
BLOCKS = (
    (BlockKind.DATE_LINE, "• ", [("Mis à jour le : 4 juin 2024 18:30", "Updated: 4 June 2024 18:30", (), (), ())]),
    (
        BlockKind.HEADING,
        "",
        [
            (
                "LA FIAS PASSE LE RELAIS DANS LE NORD",
                "THE FIAS HANDS OVER IN THE NORTH",
                (("term-replace", "THE FIAS", "ISAF"),),
                ((FIAS, "FIAS", "ISAF", SUBSTITUTED),),
                (),
            )
        ],
    ),
    (BlockKind.NAVIGATION, "", [("Vidéo", "Video", (), (), ())]),
    (BlockKind.NAVIGATION, "", [("Discours et communiqués", "Speeches and communiqués", (), (), ())]),
    (
        BlockKind.PARAGRAPH,
        "",
        [
            (
                "Le secrétaire général délégué a reçu lundi les ambassadeurs des pays du Partenariat pour la paix.",
                "On Monday the Deputy Secretary General received the ambassadors of the Partnership for Peace "
                "countries.",
                (),
                (
                    (SGD, "secrétaire général délégué", "Deputy Secretary General", KEPT),
                    (PPP, "Partenariat pour la paix", "Partnership for Peace", KEPT),
                ),
                (),
            ),
            (
                "Ils ont parlé de la sécurité des routes.",
                "They spoke about road safety.",
                (),
                (),
                (),
            ),
            (
                "La Force internationale d’assistance à la sécurité (FIAS) a ouvert, en\nmars, une équipe provinciale "
                "de reconstruction à Faïzabad\u00a0; 33\u202f% de ses effectifs viennent de pays qui ne sont pas "
                "membres de l’OTAN.",
                "In March, the International Security Assistance Force (FIAS) opened a regional rebuilding team in "
                "Faizabad ; 33 % of its staff come from countries that are not members of NATO.",
                (
                    ("term-replace", "FIAS", "ISAF"),
                    ("term-located", "regional rebuilding team", "Provincial Reconstruction Team"),
                    ("space-before-punctuation", "d ;", "d;"),
                    ("space-before-percent", "33 %", "33%"),
                ),
                (
                    (FORCE, "Force internationale d’assistance à la sécurité", FORCE.target, INLINED),
                    (FIAS, "FIAS", "ISAF", SUBSTITUTED),
                    (EPR, "équipe provinciale de reconstruction", EPR.target, SUBSTITUTED),
                    (OTAN, "OTAN", "NATO", KEPT),
                ),
                (Issue("length-ratio", Severity.INFO, "The translation is 0.78 times as long as the source."),),
            ),
        ],
    ),
    (
        BlockKind.PARAGRAPH,
        "",
        [
            (
                "Selon M. Durand, «\u00a0l’OTAN tient parole\u00a0».",
                "According to Mr Durand, « the Alliance keeps its word ».",
                (("quotes", "« the", "“the"), ("quotes", "word »", "word”")),
                ((OTAN, "OTAN", "", FAILED),),
                (Issue("term-failed", Severity.ERROR, "“OTAN” is not translated as “NATO”"),),
            ),
            (
                "Il a compté 1\u202f240 volontaires.",
                "He counted 1,420 volunteers.",
                (),
                (),
                (
                    Issue("numbers", Severity.ERROR, "1\u202f240 is missing; 1,420 is not in the source."),
                    Issue("model-score", Severity.WARNING, "The model is unsure of this segment."),
                ),
            ),
        ],
    ),
    (BlockKind.HEADING, "", [("Que reste-t-il à faire ?", "What remains to be done?", (), (), ())]),
    (BlockKind.BULLET, "• ", [("Former les gardes-côtes ;", "Train the coastguard;", (), (), ())]),
    (
        BlockKind.BULLET,
        "• ",
        [
            (
                "déminer les abords du port, œuvre de longue haleine.",
                "clear mines around the port, a long-term effort.",
                (),
                (),
                (Issue("capitals", Severity.INFO, "The list item before it begins with a capital."),),
            )
        ],
    ),
    (BlockKind.NUMBERED, "1. ", [("Évaluer les besoins¹", "Assess the needs¹", (), (), ())]),
    (BlockKind.CAPTION, "", [("Le port de Faïzabad vu du fleuve", "The port of Faizabad from the river", (), (), ())]),
    (
        BlockKind.FOOTNOTE,
        "¹ ",
        [("Voir le rapport annuel, p. 12.", "See the annual report, p. 12.", (), (), ())],
    ),
    (
        BlockKind.PARAGRAPH,
        "",
        [
            (
                "Écrire <script>alert('text')</script> n’exécute rien & \"ne casse\" rien.",
                "Writing <script>alert('text')</script> runs nothing & \"breaks\" nothing.",
                (("<b>rule</b>", "Writing <script>", "Typing <script>"),),
                ((SCRIPT, "<script>alert('text')</script>", "<script>alert('text')</script>", KEPT),),
                (Issue("mark<up>", Severity.WARNING, "<img src=x onerror=alert(2)>"),),
            )
        ],
    ),
    (
        BlockKind.ADDRESS,
        "",
        [("Service de presse\nBP 12\n1110 Bruxelles", "Press Service\nPO Box 12\n1110 Brussels", (), (), ())],
    ),
)
REFERENCES = (
    "Updated on 4 June 2024, 18:30",
    "ISAF hands over in the north",
    "The Deputy Secretary General met the ambassadors of the Partnership for Peace countries on Monday to discuss how "
    "safe the roads are.",
    "A Provincial Reconstruction Team was opened in Faizabad in March by the International Security Assistance Force "
    "(ISAF).",
    "A third of its personnel come from countries outside NATO.",
    "“NATO keeps its word,” said Mr Durand.",
    "He had counted 1,240 volunteers.",
    "This sentence was added by the translator.",
    "What is left to do?",
)
LINKS = tuple(
    Link(source, target, score)
    for source, target, score in (
        ((0,), (0,), 0.93),
        ((1,), (1,), 0.88),
        ((2,), (), 0.0),
        ((3,), (), 0.0),
        ((4, 5), (2,), 0.71),
        ((6,), (3, 4), 0.66),
        ((7,), (5,), 0.74),
        ((8,), (6,), 0.9),
        ((), (7,), 0.0),
        ((9,), (8,), 0.8),
    )
)
MODEL = ModelInfo("fr-en-tiny", "2024-06", "9f" * 32, "transformers", (("beam", "4"), ("batch tokens", "2,048")))
SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"
SCORES = (
    Score("BLEU", 31.26, SIGNATURE, 27.9, 34.6),
    Score("chrF++", 57.81, "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0", 54.9, 60.7),
    Score("TER", 52.4, "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0", 48.8, 56.1),
    Score("terms", 92.31, "occurrences satisfied of all in the source"),
)
BASELINE = (
    Score("BLEU", 29.9, SIGNATURE, 26.5, 33.4),
    Score("chrF++", 56.4, SIGNATURE, 53.2, 59.3),
    Score("TER", 53.1, SIGNATURE, 49.4, 56.9),
    Score("terms", 61.5, SIGNATURE),
)


def build_pair(number, start, block, row):
    source, draft, edits, terms, issues = row
    changes, text = [], draft
    for rule, before, after in edits:
        changes.append(Change(rule, text.index(before), before, after))
        text = replay(draft, tuple(changes))
    outcomes = []
    for term, surface, target, status in terms:
        hit = TermHit(term, source.index(surface), source.index(surface) + len(surface))
        place = (text.index(target), text.index(target) + len(target)) if target else (-1, -1)
        outcomes.append(TermOutcome(hit, status, *place))
    segment = Segment(f"s{number}", source, start, start + len(source), block)
    return Pair(segment, draft, text, -0.42, tuple(outcomes), tuple(changes), issues)


def sample(name="lettre/relève <b>& co"):
    text, blocks, pairs = "", [], []
    for kind, layout, rows in BLOCKS:
        text += layout
        block = Block(kind, len(text), len(text) + len(" ".join(row[0] for row in rows)))
        blocks.append(block)
        for row in rows:
            pairs.append(build_pair(len(pairs) + 1, len(text), block, row))
            text += row[0] + " "
        text = text[:-1] + "\n\n"
    return Bitext(Document(name, text, tuple(blocks), "cp1252"), tuple(pairs), REFERENCES, LINKS)


@pytest.fixture
def visit(watched, tmp_path):
    """Open a page from a file; at the end, nothing else was fetched."""
    file = tmp_path / "page.html"
    open_page, requests = watched

    def visit_page(html, **options):
        file.write_text(html, encoding="utf-8")
        return open_page(file.as_uri(), **options)

    yield visit_page
    assert set(requests) == {file.as_uri()}


@pytest.fixture
def document(visit):
    return visit(render_document(sample(), model=MODEL, scores=SCORES, baseline=BASELINE))


@pytest.fixture
def index(visit):
    better = tuple(replace(score, value=score.value + 9) for score in SCORES)
    first = summarise(sample("b10"), formats=("html",), scores=SCORES, baseline=BASELINE)
    second = replace(summarise(sample("b9"), formats=("html",), scores=better), segments=4)
    third = summarise(replace(sample("É"), references=(), links=()), formats=("html",))
    return visit(render_index(RunSummary(MODEL, documents=(first, second, third), scores=SCORES, baseline=BASELINE)))


def shown(page):
    """The segments that the filters let through, in order; only those near the screen are in the page."""
    return page.evaluate("list.order.filter((row) => row.id).map((row) => row.id)")


def choose(page, facet, *values):
    menu = page.locator(f"[data-facet={facet}]")
    menu.locator("summary").click()
    for value in values:
        menu.locator(f"input[value='{value}']").check()
    menu.locator("summary").click()
    page.wait_for_timeout(50)


def press(page, *badges):
    for badge in badges:
        page.locator(".badges button", has_text=badge).click()


def count(page):
    return page.locator(".shown").inner_text()


def search(page, text):
    page.locator("[name=text]").fill(text)
    page.wait_for_timeout(150)


def test_text_from_outside_shows_as_text(document):
    assert "<script>alert('text')</script>" in document.locator("#seg-s16 .source").inner_text()
    assert "<img src=x onerror=alert(2)>" in document.locator("#seg-s16 .notes").inner_text()
    assert document.locator("h1").inner_text() == "lettre/relève <b>& co"
    assert document.locator("script").count() == 2
    document.locator("#seg-s16 .target mark").hover()
    assert "<script>alert('term')</script>" in document.locator("#tip").inner_text()
    assert document.locator("img").count() == 0


def test_a_run_s_page_shows_names_as_text_and_where_a_document_begins(visit):
    page = visit(render_run([sample("<img src=x>"), sample("two")], model=MODEL))
    assert page.locator(".document-name").first.inner_text() == "<img src=x>"
    choose(page, "document", "1")
    assert page.locator(".document-name").all_inner_texts() == ["two"]
    assert count(page) == "17 of 34 segments"
    page.get_by_role("button", name="Clear").click()
    search(page, "coastguard")
    assert page.locator(".document-name").all_inner_texts() == ["<img src=x>", "two"]
    assert page.locator("img").count() == 0


def test_the_policy_stops_what_an_attacker_would_add(browser, tmp_path):
    html = render_document(sample(), model=MODEL)
    attack = (
        "<p onclick='1' style='color:red'>x</p><script>document.title='owned'</script><img src='https://example.org/'>"
    )
    file = tmp_path / "attacked.html"
    file.write_text(html.replace("</main>", attack + "</main>"), encoding="utf-8")
    page = browser.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(file.as_uri())
    assert page.title() != "owned"
    assert len(refused) >= 3
    page.close()


def test_filters_join_choices_of_one_and_cross_those_of_several(document):
    assert count(document) == "17 segments"
    press(document, "Errors", "Info")
    assert shown(document) == ["s7", "s8", "s9", "s12"]
    choose(document, "terms", "failed", "none")
    assert shown(document) == ["s8", "s9", "s12"]
    choose(document, "kind", "bullet")
    assert (shown(document), count(document)) == (["s12"], "1 of 17 segments")
    document.get_by_role("button", name="Clear").click()
    document.get_by_role("button", name="Clear").wait_for(state="hidden")
    assert len(shown(document)) == 17


def test_severity_and_check_must_be_of_one_issue(document):
    press(document, "Warnings", "Numbers")
    assert shown(document) == []
    assert document.locator(".empty").is_visible()


def test_filters_can_ask_for_segments_without_an_issue(document):
    press(document, "No issue")
    assert len(shown(document)) == 12
    assert not document.get_by_text("This sentence was added").is_visible()


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("SECURITE", ["s6", "s7"]),
        ("oeuvre", ["s12"]),
        ("l'otan", ["s7", "s8"]),
        ("33 % de", ["s7"]),
        ("ouvert, en mars", ["s7"]),
        ("nato keeps", ["s8"]),
        ("coastguard", ["s11"]),
        ("<script>", ["s16"]),
        (".*", []),
    ],
)
def test_search_reads_both_languages_and_forgives_typing(document, text, segments):
    search(document, text)
    assert shown(document) == segments


def test_search_marks_what_it_found_across_term_marks(document):
    search(document, "securite (fias) a")
    found = document.evaluate("[...CSS.highlights.get('found')].map((range) => range.toString())")
    assert set(found) == {"sécurité (FIAS) a"}


def test_search_takes_expressions_and_says_what_is_wrong_with_one(document):
    document.get_by_label("Regular expression").check()
    search(document, r"s[eé]curit[eé].*reconstruction|^vid")
    assert shown(document) == ["s3", "s7"]
    search(document, "(")
    assert document.locator("#search-error").inner_text() == "Not a regular expression: Unterminated group"
    assert shown(document) == ["s3", "s7"]
    search(document, r"\d{4} \d\d:")
    assert shown(document) == ["s1"]
    assert not document.locator("#search-error").is_visible()


def test_search_can_be_of_one_side(document):
    search(document, "vid")
    assert shown(document) == ["s3"]
    search(document, "brussels")
    document.get_by_label("Search in").select_option("source")
    document.wait_for_timeout(50)
    assert shown(document) == []


def test_rows_are_sorted_by_confidence(visit):
    pairs = [replace(pair, score=score) for pair, score in zip(sample().pairs, (-0.1, -2.0, 0.0, -1.0), strict=False)]
    page = visit(render_document(replace(sample(), pairs=tuple(pairs), references=(), links=()), model=MODEL))
    page.get_by_label("Order").select_option("confidence")
    page.wait_for_timeout(50)
    assert shown(page) == ["s2", "s4", "s1", "s3"]


def test_a_reference_that_nobody_translated_is_found(document):
    search(document, "added by")
    assert shown(document) == []
    assert document.get_by_text("This sentence was added").is_visible()
    assert not document.locator(".empty").is_visible()


def current(page):
    return page.evaluate("document.activeElement.id")


def test_keyboard_walks_segments_and_issues(document):
    walked = []
    for key in "jjknnnNnnn":
        document.keyboard.press(key)
        walked.append(current(document).removeprefix("seg-"))
    assert walked == ["s1", "s2", "s1", "s7", "s8", "s9", "s8", "s9", "s12", "s16"]
    document.keyboard.press("n")
    assert current(document) == "seg-s7"
    box, bar = document.locator("#seg-s7").bounding_box(), document.locator(".toolbar").bounding_box()
    assert box["y"] >= bar["y"] + bar["height"]


@pytest.mark.parametrize("width", [1280, 400])
def test_the_row_with_the_focus_is_never_under_the_bars(visit, width):
    page = visit(render_document(big(60), model=MODEL))
    page.set_viewport_size({"width": width, "height": 1000})
    top, bottom = (page.locator(bar) for bar in (".toolbar", ".bar"))
    for key in [*"j" * 40, *"k" * 30]:
        page.keyboard.press(key)
        box = page.locator(":focus").bounding_box()
        above, below = top.bounding_box(), bottom.bounding_box()
        assert above["y"] + above["height"] <= box["y"] + 1
        assert box["y"] + box["height"] <= below["y"] + 1


def test_keyboard_skips_what_is_filtered_out(document):
    choose(document, "kind", "heading", "bullet")
    document.keyboard.press("j")
    document.keyboard.press("j")
    assert current(document) == "seg-s10"
    document.keyboard.press("n")
    assert current(document) == "seg-s12"


def test_keyboard_searches_without_shortcuts_in_the_field(document):
    document.keyboard.press("/")
    document.keyboard.type("jn/k")
    assert document.locator("[name=text]").input_value() == "jn/k"
    search(document, "coastguard")
    document.keyboard.press("Enter")
    assert current(document) == "seg-s11"


def test_help_opens_and_turns_shortcuts_off(document):
    document.set_viewport_size({"width": 400, "height": 300})
    document.keyboard.press("?")
    assert document.locator("#help").is_visible()
    assert document.locator("#help-title").bounding_box()["y"] > 0
    document.get_by_label("Single-key shortcuts").uncheck()
    document.keyboard.press("Escape")
    assert not document.locator("#help").is_visible()
    document.keyboard.press("j")
    assert current(document) == ""


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_term_shows_its_entry_and_its_partner(document, how):
    term = document.locator("#seg-s7 .source mark", has_text="équipe")
    getattr(term, how)()
    tip = document.locator("#tip")
    assert re.sub(r"\s+", " ", tip.inner_text()).startswith(
        "équipe provinciale de reconstruction → Provincial Reconstruction Team Replaced: the model’s wording was "
        "replaced by the term (wording like a failed attempt replaced) Entry équipe provinciale de reconstruction → "
    )
    assert "regional rebuilding team" in tip.inner_text()
    assert document.locator(".lit").all_inner_texts() == [
        "équipe provinciale de reconstruction",
        "Provincial Reconstruction Team",
    ]
    document.keyboard.press("Escape")
    assert not tip.is_visible()
    assert document.locator(".lit").count() == 0


def test_the_tooltip_stays_while_the_pointer_is_in_it(document):
    document.locator("#seg-s5 .target mark").first.hover()
    document.locator("#tip").hover()
    document.wait_for_timeout(300)
    assert document.locator("#tip").is_visible()
    document.mouse.move(2, 2)
    document.locator("#tip").wait_for(state="hidden")


def test_a_failed_term_is_marked_on_both_sides(document):
    document.locator("#seg-s8 .notes [data-hits]").focus()
    assert document.locator(".lit").all_inner_texts() == ["OTAN", "“OTAN” is not translated as “NATO”"]
    assert "Missing: no accepted term" in document.locator("#tip").inner_text()


def test_joined_references_stand_beside_their_rows(document):
    reference = document.locator("#seg-s5 .reference .text").bounding_box()
    first, second = document.locator("#seg-s5").bounding_box(), document.locator("#seg-s6").bounding_box()
    assert reference["x"] >= document.locator("#seg-s5 .target").bounding_box()["x"] + 300
    assert first["y"] <= reference["y"] < second["y"]
    assert document.locator("#seg-s6 .reference a").inner_text() == "s5"


def test_differences_from_the_reference_are_marked_word_by_word(document):
    cell = document.locator("#seg-s9 .reference .text")
    assert [mark.inner_text() for mark in cell.locator("del, ins").all()] == ["had", "1,420", "1,240"]
    document.keyboard.press("d")
    assert cell.locator("del, ins").count() == 0
    assert cell.inner_text() == "He had counted 1,240 volunteers."


def test_the_index_sorts_its_documents(index):
    def names():
        return index.locator(".documents tbody th > a").all_text_contents()

    assert names() == ["b10", "b9", "É"]
    index.get_by_role("button", name="Document").click()
    assert names() == ["b9", "b10", "É"]
    index.get_by_role("button", name="chrF++").click()
    assert names() == ["b9", "b10", "É"]
    index.get_by_role("button", name="chrF++").click()
    assert names() == ["b10", "b9", "É"]  # without a score, last in both orders
    assert index.locator("[aria-sort=ascending]").inner_text().strip() == "chrF++"


def test_whiskers_lie_on_the_scale(index):
    def middle(locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2

    start, end = middle(index.locator(".scale text").first), middle(index.locator(".scale text").last)
    dot = middle(index.locator(".documents tbody circle:not(.off)").first)
    assert end - start > 100
    assert (dot - start) / (end - start) * 100 == pytest.approx(SCORES[1].value, abs=0.5)


# Paints every background under a text, then the text's colour, on one pixel, and compares the two (WCAG 2.2, 1.4.3).
CONTRAST = """() => {
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const read = () => [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  const fill = (colour) => { brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1); return read(); };
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const poor = [];
  let seen = 0;
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility() || element.closest(".unseen, title, script")) continue;
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(getComputedStyle(at).backgroundColor);
    let ground;
    for (const colour of chain) ground = fill(colour);
    const ink = fill(getComputedStyle(element).color);
    const [high, low] = [light(ground), light(ink)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    seen += 1;
    if (ratio < 4.5) poor.push([element.tagName, element.className, ratio, element.textContent.slice(0, 30)]);
  }
  return { seen, poor };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(visit, scheme):
    summary = summarise(sample(), formats=("html", "fr"), scores=SCORES)
    run = RunSummary(MODEL, documents=(summary,), scores=SCORES, baseline=BASELINE, failed=(("a", "b"),), files=("c",))
    for html in (render_document(sample(), model=MODEL, scores=SCORES, baseline=BASELINE), render_index(run)):
        page = visit(html, color_scheme=scheme)
        page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
        if page.locator(".rows").count():
            for key in ("j", "Enter", "x", "j", "c", "y", "Enter", "Enter", "k", "i", "n", "n", "e", "z"):
                page.keyboard.press(key)
            assert page.locator(".editor").input_value().endswith("z")
        result = page.evaluate(CONTRAST)
        assert result["seen"] > 40
        assert result["poor"] == []
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != "rgb(252, 252, 250)"
    assert dark == (scheme == "dark")


@pytest.mark.parametrize("width", [320, 400, 700, 1100])
def test_nothing_is_cut_off_on_narrow_screens(visit, width):
    long = replace(sample("a" * 90), references=(*REFERENCES[:-1], "b" * 90))
    run = RunSummary(
        MODEL, documents=(summarise(long, formats=("html", "en.txt"), scores=SCORES),), scores=SCORES, baseline=BASELINE
    )
    for html in (render_document(long, model=MODEL, scores=SCORES, baseline=BASELINE), render_index(run)):
        page = visit(html)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pages_read_without_script(visit):
    page = visit(render_document(sample(), model=MODEL), java_script_enabled=False)
    assert not page.locator(".toolbar").is_visible()
    assert page.locator(".plain tbody tr").count() == 17
    assert "1,420 volunteers" in page.locator(".plain tbody tr").nth(8).inner_text()


def test_print_leaves_the_tools_out_and_keeps_the_two_sides(document):
    document.emulate_media(media="print")
    assert not document.locator(".toolbar").is_visible()
    assert document.locator("#seg-s7 .key").bounding_box()["width"] < 90
    source, target = (document.locator(f"#seg-s7 {side}").bounding_box() for side in (".source", ".target"))
    assert target["x"] >= source["x"] + source["width"]


def test_print_has_all_rows(visit):
    page = visit(render_document(big(300), model=MODEL))
    assert page.locator(".pair").count() < 100
    page.evaluate(
        "addEventListener('beforeprint', () => { window.printed = document.querySelectorAll('.pair').length; })"
    )
    page.pdf()
    assert page.evaluate("printed") == 300
    assert page.locator(".pair").count() < 100


def test_roles_names_and_languages(document):
    table = document.get_by_role("table", name="Segments")
    rows = len(shown(document)) + 1
    assert table.get_attribute("aria-rowcount") == str(rows + 1)
    assert table.get_by_role("columnheader").all_inner_texts()[1:] == ["French", "English translation", "Reference"]
    indices = [int(row.get_attribute("aria-rowindex")) for row in table.get_by_role("row").all()]
    assert indices == list(range(1, len(indices) + 1))
    assert {text.get_attribute("lang") for text in document.locator(".source .text").all()} == {"fr"}
    assert {text.get_attribute("lang") for text in document.locator(".target .text").all()} == {"en"}
    nameless = document.evaluate("""[...document.querySelectorAll("button, input, select, textarea, summary")].filter(
      (one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent.trim()))""")
    assert nameless == []
    ids = document.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def big(segments):
    """A document of many segments, with terms, issues and a reference each."""
    rows = [row for _, _, rows in BLOCKS for row in rows]
    text, pairs = "", []
    for number in range(segments):
        source = f"{number} : {rows[number % len(rows)][0]}"
        row = (source, f"{number}: {rows[number % len(rows)][1]}", (), rows[number % len(rows)][3], ())
        terms = tuple((term, surface, "", FAILED) for term, surface, _, _ in row[3])
        block = Block(BlockKind.PARAGRAPH, len(text), len(text) + len(source))
        pairs.append(build_pair(number + 1, len(text), block, (*row[:3], terms, rows[number % len(rows)][4])))
        text += source + "\n\n"
    links = tuple(Link((at,), (at,), 0.9) for at in range(segments))
    references = tuple(f"{pair.target} indeed" for pair in pairs)
    return Bitext(Document("long", text, tuple(pair.source.block for pair in pairs)), tuple(pairs), references, links)


def test_five_thousand_segments_open_and_scroll_at_once(visit):
    page = visit(render_document(big(5000), model=MODEL))
    seconds = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
    assert shown(page)[-1] == "s5000"
    assert seconds < 2
    assert page.locator(".pair").count() < 100
    nearly_longest = page.evaluate("""async () => {
      const took = [];
      for (let step = 0; step < 60; step++) {
        const before = performance.now();
        scrollBy(0, 900);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        took.push(performance.now() - before);
      }
      return took.sort((a, b) => a - b).at(-4);
    }""")
    assert nearly_longest < 250  # another process may take the processor for a moment
    page.keyboard.press("End")
    page.locator("#seg-s5000").wait_for(timeout=2000)
    assert page.locator("#seg-s5000").is_visible()
    search(page, "4321 :")
    assert shown(page) == ["s4322"]
    page.keyboard.press("Enter")
    assert current(page) == "seg-s4322"


def test_rows_stay_where_they_are_while_others_get_their_height(visit):
    page = visit(render_document(big(1500), model=MODEL))
    page.evaluate("visit(segments[900])")
    for _ in range(5):
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(60)
    # The rows in the page follow each other without a gap, and those at the top of the screen are the ones laid out.
    tops = page.evaluate(
        "[...document.querySelectorAll('.pair')].map((one) => [one.row.at, one.offsetTop, one.offsetHeight])"
    )
    window = [row for row in tops if row[0] != 900]
    for (at, top, height), (below, next_top, _) in pairwise(window):
        assert below == at + 1
        assert next_top == pytest.approx(top + height, abs=1)
    # Focus stays on the row that was visited, which stays in the page.
    assert current(page) == "seg-s901"


def test_a_link_to_a_segment_goes_there(visit):
    page = visit(render_document(big(800), model=MODEL))
    page.evaluate("location.hash = '#seg-s700'")
    page.wait_for_timeout(100)
    assert page.locator("#seg-s700").is_visible()
    assert current(page) == "seg-s700"
