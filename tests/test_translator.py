"""The guarded translator, on an engine that misbehaves."""

from collections.abc import Callable

import pytest

from aligner.engines import guards
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import LONG_SEGMENT_TOKENS, Translator
from aligner.model import Constraint, Hypothesis


def _texts(translator: Translator, *texts: str) -> list[str]:
    return [hypothesis.text for hypothesis in translator.translate(texts)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "***",
        "• –",
        "33 %",
        "1 234,5",
        "12/2004",
        "www.nato.int",
        "a.b@nato.int",
        "https://a.int/fr (2)",
        "IV.",
    ],
)
def test_text_without_words_passes_through(text: str):
    engine = FakeEngine(lambda _: "made up")
    assert _texts(Translator(engine), text) == [text]
    assert all(texts == () for texts, _ in engine.calls)


@pytest.mark.parametrize("text", ["CIVIL", "Groupe IS : Air Force One"])
def test_words_that_look_like_something_else_are_translated(text: str):
    assert Translator(FakeEngine(lambda _: "said")).translate([text])[0].text.lower() == "said"


@pytest.mark.parametrize("text", ["View of the room", "Audio file of the press briefing (.MP3/5770kb)"])
def test_english_passes_through(text: str):
    assert _texts(Translator(FakeEngine(lambda _: "made up")), text) == [text]


def test_terms_written_into_the_french_do_not_make_it_english():
    engine = FakeEngine({"Minister of Defence ukrainien to be reçu": "done"})
    translator = Translator(engine)
    text = "Minister of Defence ukrainien to be reçu"
    assert translator.translate([text], mixed=True)[0].text == "done"


def test_addresses_inside_a_sentence_are_not_shown_to_the_engine():
    engine = FakeEngine({"Voir": "See.", "ou écrire à": "or write to"})
    text = "Voir www.nato.int/fr ou écrire à a.b@nato.int."
    assert _texts(Translator(engine), text) == ["See www.nato.int/fr or write to a.b@nato.int."]


def test_capitals_are_read_in_sentence_case_and_put_back():
    engine = FakeEngine({"Les priorités de l'OTAN": "NATO's PfP priorities"})
    (hypothesis,) = Translator(engine).translate(["LES PRIORITÉS DE L'OTAN"], spellings={"otan": "OTAN"})
    assert hypothesis.text == "NATO'S PfP PRIORITIES"


LOOP = "the force of the force of the force of the force"


@pytest.mark.parametrize(
    ("bad", "flag"),
    [
        (LOOP, "repetition"),
        ("shshshshed", "repetition"),
        ("", "empty"),
        ("word " * 80, "repetition"),
        (" ".join(f"w{i}" for i in range(60)), "length-ratio"),
        (Hypothesis("A fair force of peace", -1.0, ("cut",)), "cut"),
    ],
)
def test_faults_are_decoded_again_strictly_and_flagged_when_they_stay(bad: str | Hypothesis, flag: str):
    source = "La force de la paix est là."
    mended = Translator(FakeEngine({source: bad}, strict={source: "The peace force is here."}))
    assert mended.translate([source]) == [Hypothesis("The peace force is here.", -0.5)]
    (stubborn,) = Translator(FakeEngine({source: bad})).translate([source])
    assert flag in stubborn.flags


def test_a_second_try_that_is_no_better_is_not_taken():
    engine = FakeEngine({"La force est là.": LOOP}, strict={"La force est là.": ""})
    assert Translator(engine).translate(["La force est là."])[0].text == LOOP


def test_repetition_of_the_source_is_no_fault():
    assert guards.faults("non, non, non, non", "no, no, no, no") == ()


def test_equal_lines_are_translated_once_and_remembered():
    engine = FakeEngine()
    translator = Translator(engine)
    assert _texts(translator, "Bonjour", "Bon soir", "Bonjour") == ["<Bonjour>", "<Bon soir>", "<Bonjour>"]
    assert _texts(translator, "Bon\n  soir", "Bonjour") == ["<Bon soir>", "<Bonjour>"]
    assert [texts for texts, _ in engine.calls if texts] == [("Bonjour", "Bon soir")]


def test_inner_line_breaks_are_spaces_to_the_engine():
    assert _texts(Translator(FakeEngine()), "un\n   deux") == ["<un deux>"]


def test_long_segments_are_split_at_safe_points_and_rejoined():
    engine = FakeEngine(lambda text: text[:1].upper() + text[1:] + ("" if text.endswith((";", ".")) else "."))
    engine.max_source_tokens = 8
    source = "les Alliés du Nord et du Sud ; les partenaires de l’Est et de l’Ouest ; tous sont là."
    assert _texts(Translator(engine), source) == [
        "Les Alliés du Nord et du Sud ; les partenaires de l’Est et de l’Ouest ; tous sont là."
    ]
    asked = [text for texts, _ in engine.calls for text in texts]
    assert all(engine.count_tokens([text])[0] <= 8 for text in asked)
    assert any(text.endswith(";") for text in asked)


@pytest.mark.parametrize("text", ["mot " * 1000, "x" * 3000, "a ; " * 500])
def test_nothing_is_cut_however_long(text: str):
    count: Callable[..., list[int]] = lambda texts: [len(one) // 3 for one in texts]  # noqa: E731
    pieces = guards.split_long(text, LONG_SEGMENT_TOKENS, count)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(count([piece])[0] <= LONG_SEGMENT_TOKENS for piece in pieces)


def test_progress_adds_up():
    done: list[int] = []
    Translator(FakeEngine()).translate(["un", "deux", "33", "un"], on_done=done.append)
    assert sum(done) == 4
    assert all(count > 0 for count in done)


def test_options_that_bear_on_the_result_are_told():
    assert ("beam", "7") in Translator(FakeEngine(), beam=7).info.options


ASKED = (Constraint(3, 7, ("ISAF",)),)


def test_constrained_translations_are_searched_by_the_engine():
    engine = FakeEngine(constrained={"La FIAS agit": "ISAF acts"})
    found = Translator(engine).constrain(["La FIAS agit", "La FIAS part"], [ASKED, ASKED], spellings={})
    assert found == [Hypothesis("ISAF acts", -0.5), Hypothesis("")]
    assert engine.constrained == [(("La FIAS agit", "La FIAS part"), (ASKED, ASKED))]
    assert engine.calls == []


def test_what_the_engine_must_not_be_shown_is_not_constrained():
    engine = FakeEngine(constrained=lambda _: "made up", max_source_tokens=4)
    texts = ["La FIAS : www.nato.int", "La FIAS a@nato.int", "La FIAS agit très bien ici", "La FIAS agit"]
    found = Translator(engine).constrain(texts, [ASKED] * 4, spellings={})
    assert [one.text for one in found] == ["", "", "", "made up"]
    assert engine.constrained[0][0] == ("La FIAS agit",)


def test_constrained_translations_are_judged_and_shouted():
    engine = FakeEngine(constrained=lambda text: LOOP if "loutre" in text else "The ISAF and PfP forces")
    texts = ["La FIAS et la loutre", "LA FIAS ET LES\nFORCES"]
    looping, shouted = Translator(engine).constrain(texts, [ASKED] * 2, spellings={"fias": "FIAS"})
    assert looping.flags == ("repetition",)
    assert shouted == Hypothesis("THE ISAF AND PfP FORCES", -0.5)
    assert engine.constrained[0][0] == (texts[0], "La FIAS et les forces")


def test_forced_translations_are_read_as_they_were_said():
    engine = FakeEngine(scores={"Isaf forces": -2.0}, looks={"FIAS": "Isaf"})
    translator, texts = Translator(engine), (["FORCES\nDE LA FIAS"], ["ISAF FORCES"])
    assert translator.score(*texts, spellings={"fias": "FIAS"}) == [-2.0]
    looks = translator.look(*texts, [[(13, 17)]], spellings={"fias": "FIAS"})
    assert looks == [(((0, 4, 1.0), (5, 11, 0.0)),)]
    assert engine.forced == [(("Forces de la FIAS",), ("Isaf forces",))] * 2
