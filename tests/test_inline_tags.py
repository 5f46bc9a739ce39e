"""Tags inside a sentence: what is one, what the model is shown, and where they stand in the translation."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from aligner.checks import check
from aligner.enforce import find_targets
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.glossary import Glossary
from aligner.inline_tags import Plain, without_tags
from aligner.model import Block, BlockKind, Pair, Segment, Term, TermHit, TermStatus, replay
from aligner.pipeline import translate_documents
from aligner.readers import document_from_text
from aligner.translation import LocalPool, Translation, Unit, pack, unpack

GLOSSARY = Glossary([Term("OTAN", "NATO"), Term("chef d'État", "Head of State"), Term("plan d'action", "action plan")])


def _pool(script: Mapping[str, str] | Callable[[str], str], looks: Mapping[str, str] | None = None) -> LocalPool:
    return LocalPool(Translator(FakeEngine(script, looks=looks)))


def _translated(pool: LocalPool, text: str, hits: tuple[TermHit, ...] = ()) -> Translation:
    [done] = pool.translate([Unit(text, hits)], GLOSSARY.spellings)
    one = done[0]
    assert replay(one.draft.text, one.enforced.changes) == one.enforced.text
    assert unpack(pack(one), hits) == one
    for outcome in one.enforced.outcomes:
        assert outcome.hit in hits
        if outcome.status is not TermStatus.FAILED:
            assert one.enforced.text[outcome.start : outcome.end] in outcome.hit.term.targets
    return one


def _said(source: str, said: str, looks: Mapping[str, str] | None = None) -> str:
    """Translate a text with tags, of which the model says this, looking as `looks` says."""
    pool = _pool({without_tags(source).text: said}, looks)
    return _translated(pool, source, GLOSSARY.match(source)).enforced.text


@pytest.mark.parametrize(
    ("text", "plain", "tags"),
    [
        ("un **mot** fort", "un mot fort", [("**", "mot", "**")]),
        ("_ici_ et __là__ ou *là*", "ici et là ou là", [("_", "ici", "_"), ("__", "là", "__"), ("*", "là", "*")]),
        ("~~vieux~~ neuf", "vieux neuf", [("~~", "vieux", "~~")]),
        ("**un *mot* fort**", "un mot fort", [("**", "un mot fort", "**"), ("*", "mot", "*")]),
        ("***très*** fort", "très fort", [("***", "très", "***")]),
        ("**O**NU", "ONU", [("**", "O", "**")]),
        ("[le texte](a_b_c.html 'Titre')", "le texte", [("[", "le texte", "](a_b_c.html 'Titre')")]),
        ("[un [sic] texte][réf. 1]", "un [sic] texte", [("[", "un [sic] texte", "][réf. 1]")]),
        ("![photo](p(1).png) ici", "photo ici", [("![", "photo", "](p(1).png)")]),
        ("[![photo](p.png)](x)", "photo", [("[", "photo", "](x)"), ("![", "photo", "](p.png)")]),
        ("voir <https://x.org>.", "voir https://x.org.", [("<", "https://x.org", ">")]),
        ("lancez `ls *.txt *.md`", "lancez ls *.txt *.md", [("`", "ls *.txt *.md", "`")]),
        ("``a ` b``", "a ` b", [("``", "a ` b", "``")]),
        ("<code>**x**</code>", "**x**", [("<code>", "**x**", "</code>")]),
        ('<a href="a_b_c">là</a>', "là", [('<a href="a_b_c">', "là", "</a>")]),
        ("un mot[^1], [^2] fin", "un mot, fin", [("", "", "[^1]"), ("", "", " [^2]")]),
        ("une<br>deux<br/> trois", "une deux trois", [("", "", "<br>"), ("", "", "<br/>")]),
        ("**Un début.", "Un début.", [("**", "", "")]),
        ("Une fin.** Suite.", "Une fin. Suite.", [("", "", "**")]),
        ("le prix**, en euros", "le prix, en euros", [("", "", "**")]),
        ("**un *mot***", "un mot", [("**", "un mot", "**"), ("*", "mot", "*")]),
        ("***un** mot*", "un mot", [("*", "un mot", "*"), ("**", "un", "**")]),
        ("__un _mot___", "un mot", [("__", "un mot", "__"), ("_", "mot", "_")]),
        ("<b>*x</b> y*", "*x y*", [("<b>", "*x", "</b>")]),
    ],
)  # fmt: skip
def test_tags_are_taken_out(text: str, plain: str, tags: list[tuple[str, str, str]]):
    found = without_tags(text)
    assert found.text == plain
    assert [(one.opening, plain[one.start : one.end], one.closing) for one in found.tags] == tags


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 et 5*6*7 et x**2 + y**2",
        "snake_case_name et __x et ____",
        "[sic] [...] [1] (*) (**) [ ]",
        "a < b > c <nom> <3",
        "* note, prix*, 12 €* et 13.",
        "* * *",
        r"\*pas\* \[ici\](x)",
        "``texte''",
        "~5 km ~ 6 km",
        "à la fin (*hors taxe) et (*) là",
    ],
)
def test_what_is_no_tag_stays(text: str):
    assert without_tags(text) == Plain(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="*_~`<[")))
def test_a_text_without_signs_stays(text: str):
    assert without_tags(text) == Plain(text)


#: None of the words below is in a tag.
SIGNS = ("<B>", "</B>", "<I>", "</I>", "**", "__", "*", "[", "](#1)", "![](#2)", "[^3]", "`", "<BR>")
SIGN = re.compile("|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True))))
TEXTS = st.lists(st.sampled_from((*SIGNS, "été", "mot", "Ouf", "7", " ", ".", "«", "\n")), max_size=14).map("".join)
SAID = st.lists(
    st.sampled_from(("of", "the", "NATO", "Head of State", "word", "mot", "was", "7", ",", "(", ".", "’s", "“")),
    max_size=8,
)
LOOKS = st.dictionaries(st.sampled_from(("mot", "été", "Ouf", ".")), st.sampled_from(("word", "mot", "the", "was (")))
NESTED = st.recursive(
    st.sampled_from(("été", "l'OTAN", "chef d'État", "mot", "`7`", "le mot. ", "Ouf, ", "[^3]", "![](#2)", "un<BR>")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(" ".join),
        inner.map("<B>{}</B>".format),
        inner.map("<I>{}</I>".format),
        inner.map("[{}](#1)".format),
    ),
)


@given(TEXTS)
def test_offsets_lead_to_the_same_characters(text: str):
    plain = without_tags(text)
    for at, char in enumerate(plain.text):
        start, end = plain.outside(at, at + 1)
        assert text[start:end] == char or (char, text[start : start + 4]) == (" ", "<BR>")
        assert plain.inside(start, end) == (at, at + 1)


@given(TEXTS, SAID, LOOKS)
def test_every_tag_is_put_once(text: str, said: list[str], looks: dict[str, str]):
    plain = without_tags(text)
    one = _translated(_pool(lambda _: " ".join(said), looks), text)
    copied = [plain.text[tag.start : tag.end].strip() for tag in plain.tags if tag.literal]
    assume(not any(_signs(body) for body in copied))
    put = _signs("".join(tag.opening + tag.closing for tag in plain.tags))
    assert _signs(one.enforced.text) == _signs(one.draft.text) + put
    assert all(body in one.enforced.text for body in copied)


def _signs(text: str) -> Counter[str]:
    return Counter(char for char in text if char in "<>/BIR*_[]#^!`")


@example("<B>[^3] <B>[^3]</B></B>", [], {})
@given(NESTED, SAID, LOOKS)
def test_no_tags_cross(text: str, said: list[str], looks: dict[str, str]):
    target = _translated(_pool(lambda _: " ".join(said), looks), text, GLOSSARY.match(text)).enforced.text
    waiting = []
    for sign in SIGN.findall(target):
        if sign in {"<B>", "<I>", "["}:
            waiting.append({"<B>": "</B>", "<I>": "</I>", "[": "](#1)"}[sign])
        elif sign in {"</B>", "</I>", "](#1)"}:
            assert waiting.pop() == sign
    assert not waiting


LOOKED = {"direction": "direction", "budget": "budget", "mission": "mission", "sécurité": "security", "grande": "great"}


@pytest.mark.parametrize(
    ("source", "said", "target"),
    [
        # The model says it in another order; articles and little words go with their nouns.
        ("la **direction du budget** agit", "the budget direction acts", "the **budget direction** acts"),
        ("**la direction** agit", "the direction acts", "**the direction** acts"),
        ("[la direction](x), *la mission*", "the mission, the direction", "*the mission*, [the direction](x)"),
        ("de **grande sécurité**", "of great security", "of **great security**"),
        # All words, and the signs that were tagged with them.
        ("**La direction.**", "The direction.", "**The direction.**"),
        ("**La direction** :", "The direction:", "**The direction**:"),
        ("La **« direction »** agit", "The “direction” acts", "The **“direction”** acts"),
        ("La « **direction** » agit", "The “direction” acts", "The “**direction**” acts"),
        ("(**direction**)", "(direction)", "(**direction**)"),
        # Tags in tags.
        ("[la **direction** du budget](x)", "the budget direction", "[the budget **direction**](x)"),
        ("***budget** de mission*", "mission budget", "*mission **budget***"),
        # Notes stay with their words, and those at the end at the end.
        ("la direction[^1] du budget", "the budget direction", "the budget direction[^1]"),
        ("une **mission**[^1] de sécurité", "a security mission", "a security **mission**[^1]"),
        ("la direction du budget[^1].", "the budget direction.", "the budget direction[^1]."),
        ("la direction du budget.[^1]", "the budget direction.", "the budget direction.[^1]"),
        ("![](x.png) la direction", "the direction", "![](x.png) the direction"),
        # Half of a pair.
        ("**la direction.", "the direction.", "**the direction."),
        ("la direction.** mission", "the direction. mission", "the direction.** mission"),
        ("la mission est.** sécurité", "the mission was it. security", "the mission was it.** security"),
        ("la **direction** du budget", "the budget's direction", "the budget's **direction**"),
        # Numbers and names that are in both, whatever the model looked at.
        ("de *Lyon* à **Oslo** : 3 000", "at Oslo from Lyon: 3,000", "at **Oslo** from *Lyon*: 3,000"),
        # Nothing says where: the same place, in proportion.
        ("un deux **trois quatre**", "one two three four", "one two **three four**"),
        ("**un** _deux_ ~~trois~~", "one", "**_~~one~~_**"),
        ("**un** deux", "", "****"),
        # Code is copied, and so are addresses.
        ("lancez `git push`", "launch git push", "launch `git push`"),
        ("lancez `budget` ici", "launch the mission budget here", "launch the mission `budget` here"),
        ("lancez `mission x=1` ici", "launch the mission here", "launch the `mission x=1` here"),
        ("voir `x` et `y` ici", "see it", "`x` see `y` it"),
        # What the model is not asked for is as it was.
        ("**33** %[^1]", "", "**33** %[^1]"),
        ("This _is_ **the text**", "", "This _is_ **the text**"),
    ],
)
def test_tags_are_put_around_what_they_marked(source: str, said: str, target: str):
    assert _said(source, said, LOOKED) == target


def test_terms_keep_their_tags_outside():
    assert _said("l'**OTAN** agit", "NATO acts") == "**NATO** acts"
    assert _said("le chef d'État _agit_", "the Head of State acts", {"agit": "acts"}) == "the Head of State _acts_"


def test_a_tag_in_a_term_goes_around_its_target():
    plain, source = "le chef d'État", "le chef d'**État**"
    [hit] = GLOSSARY.match(plain)
    tagged = TermHit(hit.term, *without_tags(source).outside(hit.start, hit.end))
    one = _translated(_pool({plain: "the chief of state", "chef d'État": "chief of state"}), source, (tagged,))
    assert one.enforced.text == "the **Head of State**"
    assert source[tagged.start : tagged.end] == "chef d'**État"


def test_hits_in_code_and_in_tags_are_not_enforced():
    source = "`OTAN` [ici](OTAN.html)"
    hits = tuple(TermHit(GLOSSARY.match("OTAN")[0].term, at, at + 4) for at in (1, 14))
    one = _translated(_pool({"OTAN ici": "OTAN here"}), source, hits)
    assert one.enforced.text == "`OTAN` [here](OTAN.html)"
    assert [outcome.status for outcome in one.enforced.outcomes] == [TermStatus.FAILED] * 2


def test_addresses_are_copied():
    engine = FakeEngine({"voir": "see", "et": "and"})
    one = _translated(LocalPool(Translator(engine)), "voir <https://x.org/a> et [www.x.org](b)")
    assert one.enforced.text == "see <https://x.org/a> and [www.x.org](b)"


def test_capitals_and_lines_are_read_as_without_tags():
    engine = FakeEngine({"La direction du budget": "The budget direction"}, looks=LOOKED)
    one = _translated(LocalPool(Translator(engine)), "LA\n**DIRECTION** DU BUDGET")
    assert one.enforced.text == "THE BUDGET **DIRECTION**"
    assert [texts for texts, _ in engine.calls if texts] == [("La direction du budget",)]


def test_texts_without_tags_cost_no_calls():
    engine = FakeEngine(str.upper)
    [done] = LocalPool(Translator(engine)).translate([Unit("un mot * note"), Unit("autre [sic]")], {})
    assert [one.enforced.text for one in done.values()] == ["UN MOT * NOTE", "AUTRE [SIC]"]
    assert not any(sources for sources, _ in engine.forced)


def test_checks_do_not_take_tags_for_text():
    source = "Lisez **le plan** [ici](plan-pour-la-paix-et-la-securite.html) <b>vite</b>."
    target = "<b>Quickly</b> read **the plan** [here](plan-pour-la-paix-et-la-securite.html)."
    block = Block(BlockKind.PARAGRAPH, 0, len(source))
    assert check(Pair(Segment("s1", source, 0, len(source), block), target, target)) == ()


def test_the_bundled_model_is_not_shown_tags():
    units = [
        "Le **secrétaire général** a visité [Kaboul](https://x.org).",
        "Les *ministres* ont examiné la situation au **Kosovo**[^1].",
        "Le Conseil a approuvé _le plan d'action_ et la [déclaration commune](a_b).",
        "Cette <b>décision</b> a été prise hier par `le Conseil`.",
    ]
    pool = LocalPool(Translator.load())
    tagged = [_translated(pool, text, GLOSSARY.match(text)) for text in units]
    plain = [_translated(pool, without_tags(text).text) for text in units]
    assert [one.draft for one in tagged] == [one.draft for one in plain]
    said = [one.enforced.text for one in tagged]
    assert "**Secretary General**" in said[0]
    assert "](https://x.org)" in said[0]
    assert "*Ministers*" in said[1]
    assert "**Kosovo**[^1]." in said[1]
    assert "[joint declaration](a_b)" in said[2]
    assert "<b>decision</b>" in said[3]
    assert "`le Conseil`" in said[3]


def test_typography_and_terms_know_tags():
    glossary = Glossary([Term("secrétaire général", "Secretary General")])
    text = 'Le _secrétaire **général**_ a lu `a 1,5` et <a href="https://x.org/1,5">1,5 page</a>.'
    engine = FakeEngine(
        lambda _: 'The Secretary General read a 1,5 and "1,5 pages".', looks={"page": "pages", "1": "1"}
    )
    document = document_from_text(text, "note")
    (bitext,) = translate_documents([document], Translator(engine), glossary)
    (pair,) = bitext.pairs
    assert [outcome.status for outcome in pair.outcomes] == [TermStatus.KEPT]
    assert pair.target[pair.outcomes[0].start : pair.outcomes[0].end].startswith("Secretary")
    assert "`a 1,5`" in pair.target
    assert pair.target.endswith('“1.5 <a href="https://x.org/1,5">pages</a>”.')
    assert replay(pair.draft, pair.changes) == pair.target


@pytest.mark.parametrize("target", ["the _action plan_", "the **action** plan", "the [action plan](https://x.org)"])
def test_targets_are_found_across_tags(target: str):
    (hit,) = GLOSSARY.match("le plan d'action")
    ((start, end),) = find_targets(target, [hit])
    assert without_tags(target[start:end]).text.endswith("plan")
    assert target[start:end].startswith("action")
