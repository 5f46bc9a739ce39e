"""QA checks: for each, what must be flagged and what must not; profiles; consistency over a document."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.checks import DEFAULT, DESCRIPTIONS, Profile, check, check_document
from aligner.checks.quantities import quantities
from aligner.errors import AlignerError
from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Document,
    Pair,
    Segment,
    Severity,
    Term,
    TermHit,
    TermOutcome,
    TermStatus,
)

ROWS = Path(__file__).parent / "cases" / "checks.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    label: str
    origin: str
    check: str
    flag: bool
    source: str
    target: str
    xfail: bool = False


CASES = tuple(Case(**json.loads(line)) for line in ROWS.read_text(encoding="utf-8").splitlines())


def make(source: str, target: str, *, id: str = "s1", score: float = -0.5, **more: object) -> Pair:
    segment = Segment(id, source, 0, len(source), Block(BlockKind.PARAGRAPH, 0, len(source)))
    return Pair(segment, target, target, score, **more)  # type: ignore[arg-type]


def flags(source: str, target: str, **more: object) -> list[str]:
    return [issue.check for issue in check(make(source, target, **more))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=f"{case.check}-{'must' if case.flag else 'must not'}-{case.label}",
            marks=pytest.mark.xfail(strict=True) if case.xfail else (),
        )
        for case in CASES
    ],
)
def test_cases(case: Case):
    score = 0.0 if case.check == "passed-through" else -0.5
    assert (case.check in flags(case.source, case.target, score=score)) is case.flag


def test_every_check_of_texts_has_both_kinds_of_cases():
    by_other_tests = {"cut", "alignment", "low-confidence", "inconsistent", "same-target"}
    by_other_tests |= {name for name in DESCRIPTIONS if name.startswith("term-") and name != "term-extra"}
    kinds = Counter((case.check, case.flag) for case in CASES if not case.xfail)
    assert {(name, flag) for name in set(DESCRIPTIONS) - by_other_tests for flag in (True, False)} == set(kinds)


@pytest.mark.parametrize("case", [case for case in CASES if not case.flag and case.check == "numbers"])
def test_sound_pairs_with_numbers_are_flagged_by_nothing(case: Case):
    expected = ["address"] if "www" in case.source else []
    assert flags(case.source, case.target) == expected


HEAD = Term("chef d'État", "Head of State", forbidden=("State chief",))
PPP = Term("PPP", "PfP", origin="nato.csv:3")
FAILED = TermOutcome(TermHit(HEAD, 3, 14), TermStatus.FAILED)


@pytest.mark.parametrize(
    ("source", "target", "outcome", "found"),
    [
        ("Le chef d'État part.", "The State chief leaves.", FAILED, ["term-failed", "term-forbidden"]),
        ("Le chef d'État part.", "The Head of State leaves.", TermOutcome(FAILED.hit, TermStatus.KEPT, 4, 17), []),
        (
            "Le chef d'État part et revient.",
            "The Head of State of the Head of State leaves the Head of State.",
            TermOutcome(FAILED.hit, TermStatus.KEPT, 4, 17),
            ["term-count"],
        ),
        (
            "Le PPP compte.",
            "The PfP counts.",
            TermOutcome(TermHit(PPP, 3, 6, (Term("PPP", "PPP"),)), TermStatus.KEPT, 4, 7),
            ["term-ambiguous"],
        ),
    ],
)
def test_terms(source: str, target: str, outcome: TermOutcome, found: list[str]):
    assert flags(source, target, outcomes=(outcome,)) == found


def test_an_ambiguous_term_names_the_alternatives():
    outcome = TermOutcome(TermHit(PPP, 3, 6, (Term("PPP", "public-private partnership"),)), TermStatus.KEPT, 4, 7)
    [issue] = check(make("Le PPP compte.", "The PfP counts.", outcomes=(outcome,)))
    assert issue.message == "“PPP” may also mean “public-private partnership”; “PfP” was taken"


def test_what_the_model_was_not_shown_is_not_untranslated():
    assert flags("Map of exercises since the summit", "Map of exercises since the summit", score=0.0) == [
        "passed-through"
    ]


def test_low_confidence_and_engine_flags():
    found = check(make("Oui.", "Yes.", score=-3.0), ("repetition", "cut", "unheard-of"))
    assert [(issue.check, issue.severity) for issue in found] == [
        ("unheard-of", Severity.ERROR),
        ("cut", Severity.ERROR),
        ("repetition", Severity.ERROR),
        ("low-confidence", Severity.INFO),
    ]


def test_a_flag_of_the_engine_is_not_said_twice():
    assert [issue.check for issue in check(make("Oui.", ""), ("empty",))] == ["empty"]


@pytest.mark.parametrize(
    ("text", "language", "readings"),
    [
        ("mille neuf cent quatre-vingt-dix-neuf", "fr", {"1999"}),
        ("soixante-dix-sept", "fr", {"77"}),
        ("nonante-neuf", "fr", {"99"}),
        ("trois cent mille", "fr", {"300000"}),
        ("vingt et unième", "fr", {"21"}),
        ("two hundred and five", "en", {"205"}),
        ("three hundred thousand", "en", {"300000"}),
        ("twenty-first", "en", {"21"}),
        ("1.234", "fr", {"1234", "1.234"}),
        ("1,234", "en", {"1234"}),
        ("1.234.567,8", "fr", {"1234567.8"}),
        ("XIVe", "fr", {"14"}),
        ("noon", "en", {"12:00"}),
        ("12 a.m.", "en", {"0:00"}),
    ],
)
def test_readings(text: str, language: str, readings: set[str]):
    [found] = quantities(text, language)  # type: ignore[arg-type]
    assert found.readings == readings


@given(st.integers(0, 10**9))
def test_a_number_is_read_alike_in_both_languages(number: int):
    grouped = f"{number:,}"
    assert flags(f"Soit {grouped.replace(',', ' ')} unités.", f"That is {grouped} units.") == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_checked(source: str, target: str):
    assert all(issue.check in DESCRIPTIONS for issue in check(make(source, target)))


NUMBER_WORDS = st.sampled_from(
    "dix neuf vingt et un quatre cent mille millions soixante onze deuxième XXe 3 14h30".split()
)


@given(st.lists(st.tuples(NUMBER_WORDS, st.sampled_from([" ", "-", ", ", " de "])), max_size=12))
def test_any_row_of_number_words_is_read_once(said: list[tuple[str, str]]):
    text = "".join(map("".join, said))
    found, at = quantities(text, "fr"), 0
    for one in found:
        at = text.index(one.text, at) + len(one.text)  # in order and without overlap


def bitext(*pairs: tuple[str, str]) -> Bitext:
    document = Document("note", "", ())
    return Bitext(document, tuple(make(*pair, id=f"s{at}") for at, pair in enumerate(pairs, 1)))


def document_issues(checked: Bitext) -> list[tuple[str, str, str]]:
    return [(pair.source.id, issue.check, issue.message) for pair in checked.pairs for issue in pair.issues]


def test_inconsistent_translations_of_a_source():
    found = bitext(("La force part.", "The force leaves."), ("La  force part.", "The force is off."))
    assert document_issues(check_document(found)) == [
        ("s2", "inconsistent", "s1 has “The force leaves.” for the same source")
    ]


def test_one_translation_of_two_sources():
    english = "The force leaves the country tomorrow."
    found = bitext(("La force quitte le pays demain.", english), ("La force revient.", english), ("Oui.", "Yes."))
    assert document_issues(check_document(found)) == [
        ("s2", "same-target", "s1 has the same target for “La force quitte le pays demain.”")
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        (("La force part.", "The force leaves."), ("La force part", "The force leaves")),
        (("Oui.", "Yes."), ("Si.", "Yes.")),
        (("LA FORCE", "THE FORCE"), ("La force", "The force")),
    ],
)
def test_consistent_documents(pairs: tuple[tuple[str, str], ...]):
    assert document_issues(check_document(bitext(*pairs))) == []


def test_checking_a_document_twice_says_nothing_twice():
    once = check_document(bitext(("Oui.", "Yes."), ("Oui.", "Indeed.")))
    assert check_document(once) == once
    assert len(document_issues(once)) == 1


def test_profile(tmp_path: Path):
    path = tmp_path / "checks.toml"
    path.write_text(
        '[checks]\nnumbers = "warning"\nend-punctuation = "off"\ninconsistent = "off"\n'
        "[limits]\nlow-confidence = -5\nlength-ratio = 1.1\n",
        encoding="utf-8",
    )
    profile = Profile.load(path)
    pair = make("En 2004, la force a quitté la province.", "The force left", score=-3.0)
    assert [(issue.check, issue.severity) for issue in check(pair, (), profile)] == [
        ("length-ratio", Severity.WARNING),
        ("numbers", Severity.WARNING),
    ]
    assert [issue.check for issue in check(pair)] == ["numbers", "end-punctuation", "low-confidence"]
    assert document_issues(check_document(bitext(("Oui.", "Yes."), ("Oui.", "Indeed.")), profile)) == []


def test_a_profile_that_is_written_reads_back(tmp_path: Path):
    path = tmp_path / "checks.toml"
    assert Profile().toml() == ""
    assert Profile.beside(tmp_path) == Profile()
    path.write_text(
        '[checks]\nnumbers = "info"\nquotes = "off"\nspaces = "info"\n[limits]\nlow-confidence = -1.25\n',
        encoding="utf-8",
    )
    profile = Profile.load(path)
    assert profile.toml() == '[checks]\nnumbers = "info"\nquotes = "off"\n\n[limits]\nlow-confidence = -1.25\n'
    path.write_text(profile.toml(), encoding="utf-8")
    assert Profile.beside(tmp_path) == profile


def test_a_flag_whose_check_is_off_is_not_said(tmp_path: Path):
    path = tmp_path / "checks.toml"
    path.write_text('[checks]\ncut = "off"\n', encoding="utf-8")
    assert check(make("Oui.", "Yes."), ("cut",), Profile.load(path)) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[checks]\nnumber = "off"', ":2: there is no check 'number'; did you mean 'numbers'"),
        ('[checks]\nx = "off"', ":2: there is no check 'x'; choose among empty, cut, .*numbers, .*same-target"),
        ('[checks]\n\n"numbers" = "loud"', ":3: numbers cannot be 'loud'; choose among off, info, warning, error"),
        ("[checks]\nnumbers = [1]", r":2: numbers cannot be \[1\]"),
        ("\n[check]", ":2: there is no table 'check'; did you mean 'checks'"),
        ('numbers = "off"', r":1: there is no table 'numbers'; put it below \[checks\]"),
        ("checks = 1", ":1: 'checks' is no table"),
        ("[limits]\nspeed = 1", ":2: there is no limit 'speed'; choose among low-confidence, length-ratio"),
        ('[limits]\nlength-ratio = "2"', ":2: length-ratio cannot be '2'; write a number"),
        ("[limits]\nlength-ratio = true", ":2: length-ratio cannot be true"),
        ("[limits]\nlength-ratio = nan", ":2: length-ratio cannot be nan"),
        ('[checks]\nnumbers = "off\n', ":2: is no TOML "),
        ("\nchecks", ":2: is no TOML "),
        (b'[checks]\nnumbers = "\xe9"', ":2: is not UTF-8; save it as UTF-8"),
    ],
)
def test_profiles_that_are_wrong_are_named_by_their_line(tmp_path: Path, text: str | bytes, message: str):
    path = tmp_path / "checks.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AlignerError, match=message):
        Profile.load(path)


def test_a_profile_that_is_not_there(tmp_path: Path):
    with pytest.raises(AlignerError, match="does not exist"):
        Profile.load(tmp_path / "none.toml")


def test_everything_is_on_by_default():
    assert set(DEFAULT.severities) == set(DESCRIPTIONS)
