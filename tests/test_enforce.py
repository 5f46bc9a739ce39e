"""The cascade: each step on its own, counts, replay, and no failure unflagged."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.enforce import Request, enforce
from aligner.glossary import Glossary
from aligner.model import Enforced, Hypothesis, Term, TermStatus, replay

GLOSSARY = Glossary(
    [
        Term("OTAN", "NATO"),
        Term("FIAS", "ISAF", forbidden=("IFSA",)),
        Term("équipe provinciale de reconstruction", "Provincial Reconstruction Team"),
        Term("Force internationale d'assistance à la sécurité", "International Security Assistance Force"),
        Term("chef d'État", "Head of State", forbidden=("State chief",)),
        Term("Ouzbékistan", "Uzbekistan", target_variants=("Uzbek",)),
        Term("plan d'action", "action plan"),
        Term("Nations unies", "United Nations", forbidden=("United Nations Organization",)),
        Term("Haut-Commissariat", "Office of the High Commissioner for Refugees", target_variants=("UNHCR",)),
        Term("HCR", "UNHCR"),
        Term("Kaboul", "Kabul"),
        Term("opération Active Endeavour", "Operation Active Endeavour"),
    ]
)


def _enforce(source: str, draft: str, again: str | Hypothesis = "", *, by_rule: bool = False) -> Enforced:
    asked: list[str] = []

    def retranslate(texts: Sequence[str]) -> list[Hypothesis]:
        asked.extend(texts)
        return [again if isinstance(again, Hypothesis) else Hypothesis(again) for _ in texts]

    enforced = enforce([Request(source, GLOSSARY.match(source), Hypothesis(draft), by_rule)], retranslate)[0]
    assert replay(draft, enforced.changes) == enforced.text
    assert not (by_rule and asked)
    return enforced


def _statuses(enforced: Enforced) -> list[str]:
    return [outcome.status.value for outcome in enforced.outcomes]


@pytest.mark.parametrize(
    ("source", "draft", "text", "statuses", "rules"),
    [
        # kept
        ("L’OTAN agit.", "NATO acts.", "NATO acts.", ["kept"], []),
        ("En Ouzbékistan.", "On the Uzbek side.", "On the Uzbek side.", ["kept"], []),
        ("deux chefs d’État", "two Heads of State", "two Heads of State", ["kept"], []),
        ("un plan d’action", "An Action Plan", "An Action Plan", ["kept"], []),
        # capitals
        (
            "des équipes provinciales de reconstruction",
            "provincial reconstruction teams",
            "Provincial Reconstruction Teams",
            ["kept"],
            ["term-capitals"],
        ),
        # copied
        ("La FIAS et l’OTAN", "FIAS and NATO", "ISAF and NATO", ["substituted", "kept"], ["term-copied"]),
        ("une FIAS forte", "a FIAS force", "an ISAF force", ["substituted"], ["term-copied"]),
        ("l’OTAN de l’OTAN", "the OTAN of NATO", "the NATO of NATO", ["kept", "substituted"], ["term-copied"]),
        ("En Ouzbékistan.", "In Ouzbekistan.", "In Uzbekistan.", ["substituted"], ["term-copied"]),
        # the segment is nothing but the term
        ("Plan d’action.", "Fishing.", "action plan.", ["substituted"], ["term-whole"]),
        # located
        (
            "Le chef d’État part.",
            "The State chief left.",
            "The Head of State left.",
            ["substituted"],
            ["term-forbidden"],
        ),
        # a forbidden target around an accepted one
        (
            "les Nations unies",
            "the United Nations Organization",
            "the United Nations",
            ["substituted"],
            ["term-forbidden"],
        ),
        # an occurrence goes to the term whose preferred target it is
        ("Haut-Commissariat (HCR)", "High Commission (UNHCR)", "High Commission (UNHCR)", ["failed", "kept"], []),
        # doubled words
        ("à Kaboul libre", "in Kabul, Kaboull", "in Kabul, Kaboull", ["kept"], []),
        (
            "l’opération Active Endeavour",
            "Operation Activ Endeavor",
            "Operation Active Endeavour",
            ["substituted"],
            ["term-located"],
        ),
        ("En Ouzbékistan.", "In Uzbeckistan.", "In Uzbekistan.", ["substituted"], ["term-located"]),
        (
            "la Force internationale d’assistance à la sécurité",
            "the International Security Force of Assistance",
            "the International Security Assistance Force",
            ["substituted"],
            ["term-located"],
        ),
        # failed, never appended
        ("L’OTAN agit.", "It acts.", "It acts.", ["failed"], []),
        ("OTAN et OTAN", "NATO and it", "NATO and it", ["kept", "failed"], []),
        ("L’OTAN agit.", "", "", ["failed"], []),
    ],
)
def test_without_retranslation(source: str, draft: str, text: str, statuses: list[str], rules: list[str]):
    enforced = _enforce(source, draft)
    assert enforced.text == text
    assert _statuses(enforced) == statuses
    assert [change.rule for change in enforced.changes] == rules


def test_inlined_translation_is_taken_when_it_meets_more_terms():
    enforced = _enforce("La FIAS de l’OTAN", "It of NATO", Hypothesis("ISAF of NATO", -0.5))
    assert (enforced.text, enforced.score) == ("ISAF of NATO", -0.5)
    assert _statuses(enforced) == ["inlined", "kept"]


def test_inlined_translation_that_loses_a_term_is_not_taken():
    enforced = _enforce("La FIAS de l’OTAN", "It of NATO", "ISAF of it")
    assert enforced.text == "It of NATO"
    assert _statuses(enforced) == ["failed", "kept"]


def test_inlined_translation_with_a_new_fault_is_not_taken():
    enforced = _enforce("La FIAS agit", "It acts", Hypothesis("ISAF ISAF ISAF", flags=("repetition",)))
    assert enforced.text == "It acts"


def test_inlined_source_has_the_target_in_the_number_of_the_term():
    asked: list[str] = []

    def retranslate(texts: Sequence[str]) -> list[Hypothesis]:
        asked.extend(texts)
        return [Hypothesis("") for _ in texts]

    source = "les équipes provinciales de reconstruction de l’OTAN"
    enforce([Request(source, GLOSSARY.match(source), Hypothesis("these of NATO"))], retranslate)
    assert asked == ["les Provincial Reconstruction Teams de l’OTAN", "les Provincial Reconstruction Teams de l’NATO"]


def test_lines_translated_by_rule_are_not_translated_again():
    enforced = _enforce("Hebdo de l’OTAN et FIAS", "OTAN Hebdo", by_rule=True)
    assert enforced.text == "NATO Hebdo"
    assert _statuses(enforced) == ["substituted", "failed"]


def test_terms_in_capitals_stay_in_capitals():
    enforced = _enforce("LES CHEFS D’ÉTAT DE L’OTAN", "THE STATE CHIEFS OF NATO")
    assert enforced.text == "THE HEADS OF STATE OF NATO"


@given(
    st.lists(st.sampled_from(["l’OTAN", "la FIAS", "les chefs d’État", "et", "plan d’action", "."]), max_size=6),
    st.lists(st.sampled_from(["NATO", "OTAN", "a FIAS", "Heads of State", "a", "action plan", "."]), max_size=8),
    st.lists(st.sampled_from(["NATO", "ISAF", "Head of State", "x"]), max_size=6),
)
def test_outcomes_are_true(source: list[str], draft: list[str], again: list[str]):
    """Every hit is accounted for; what is not failed stands where the outcome says, nowhere twice."""
    enforced = _enforce(" ".join(source), " ".join(draft), " ".join(again))
    assert len(enforced.outcomes) == len(GLOSSARY.match(" ".join(source)))
    met = [outcome for outcome in enforced.outcomes if outcome.status is not TermStatus.FAILED]
    spans = sorted((outcome.start, outcome.end) for outcome in met)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    for outcome in met:
        found = enforced.text[outcome.start : outcome.end].lower().replace("heads", "head")
        assert found in {target.lower() for target in outcome.hit.term.targets}
