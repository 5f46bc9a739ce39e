"""QA checks: for each, what must be flagged and what must not."""

import pytest

from aligner.checks import check
from aligner.model import Block, BlockKind, Pair, Segment, Term, TermHit, TermOutcome, TermStatus


def _flags(source: str, target: str, **more: object) -> list[str]:
    segment = Segment("s1", source, 0, len(source), Block(BlockKind.PARAGRAPH, 0, len(source)))
    return [issue.check for issue in check(Pair(segment, target, target, -0.5, **more))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "source", "target"),
    [
        ("numbers", "en 2004 et 2005.", "in 2004."),
        ("numbers", "1 234,5 km.", "1,243.5 km."),
        ("numbers", "trois.", "33."),
        ("footnote-mark", "La Finlande², ici.", "Finland, here."),
        ("address", "Voir www.nato.int ici.", "See www.nato.com here."),
        ("untranslated", "Les ministres ont siégé hier.", "Les ministres ont siégé hier."),
        ("untranslated", "Le ministre est reçu hier.", "Minister est reçu dans la capital."),
        ("doubled-word", "La force part.", "The the force leaves."),
        ("brackets", "La force (FIAS) part.", "The force (ISAF leaves."),
        ("brackets", "« Oui », dit-il.", "“Yes, he said."),
        ("end-punctuation", "Qui part ?", "Who leaves."),
        ("end-punctuation", "Le titre", "The title."),
    ],
)
def test_must_flag(name: str, source: str, target: str):
    assert name in _flags(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("1 234,5 km et 33 %.", "1,234.5 km and 33%."),
        ("le 23-Mar-2005 à 11:49.", "on 23-Mar-2005 at 11:49."),
        ("Nous nous sommes vus.", "We had had a meeting."),
        ("« Oui », dit-il.", "“Yes”, he said."),
        ("a) la suite", "a) the rest"),
        ("La Macédoine¹.", "Macedonia¹."),
        ("« La fin ».", "“The end.”"),
        ("Écrire à a.b@nato.int.", "Write to a.b@nato.int."),
        ("OTAN", "NATO"),
        ("En 1999 500 soldats partent.", "In 1999, 500 soldiers left."),
        ("soit 1\n234 hommes", "or 1,234 men"),
    ],
)
def test_must_not_flag(source: str, target: str):
    assert _flags(source, target) == []


def test_failed_and_forbidden_terms():
    term = Term("chef d'État", "Head of State", forbidden=("State chief",))
    outcome = TermOutcome(TermHit(term, 3, 14), TermStatus.FAILED)
    assert _flags("Le chef d'État part.", "The State chief leaves.", outcomes=(outcome,)) == [
        "term-failed",
        "term-forbidden",
    ]


def test_what_the_model_was_not_shown_is_not_untranslated():
    text = "Map of exercises since the summit"
    segment = Segment("s1", text, 0, len(text), Block(BlockKind.CAPTION, 0, len(text)))
    assert check(Pair(segment, text, text)) == ()


def test_low_confidence_and_engine_flags():
    segment = Segment("s1", "Oui.", 0, 4, Block(BlockKind.PARAGRAPH, 0, 4))
    found = [issue.check for issue in check(Pair(segment, "Yes.", "Yes.", score=-3.0), ("repetition",))]
    assert found == ["repetition", "low-confidence"]
