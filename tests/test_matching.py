"""Forms of terms in running text: rows of cases, and the matcher held against a naive one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner import matching
from aligner.matching import Matcher, Word, form_key, words
from aligner.words import accented_lemma, spelt, split, without_accents, word_keys

ROWS = Path(__file__).parent / "cases" / "matching.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A text with its terms between square brackets; terms that begin with = are found in their own case only."""

    label: str
    origin: str
    terms: tuple[str, ...]
    marked: str
    xfail: str

    @property
    def text(self) -> str:
        return re.sub(r"[\[\]]", "", self.marked)


def read_cases() -> tuple[Case, ...]:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Case(row["label"], row["origin"], tuple(row["terms"]), row["text"], row.get("xfail", "")) for row in rows
    )


CASES = read_cases()


def matcher_of(*forms: str) -> Matcher[str]:
    matcher: Matcher[str] = Matcher("fr")
    for form in forms:
        matcher.add(form.removeprefix("="), form, exact=form.startswith("="))
    return matcher


def marked(matcher: Matcher[str], text: str) -> str:
    parts, at = [], 0
    for match in matcher.find(text):
        parts += [text[at : match.start], "[", text[match.start : match.end], "]"]
        at = match.end
    return "".join(parts) + text[at:]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.label, marks=pytest.mark.xfail(strict=True, reason=case.xfail) if case.xfail else ())
        for case in CASES
    ],
)
def test_case(case: Case):
    assert marked(matcher_of(*case.terms), case.text) == case.marked


def test_cases_are_many_and_distinct():
    assert len({case.label for case in CASES}) == len({case.marked for case in CASES}) == len(CASES) >= 90
    assert {case.origin for case in CASES} == {"wild", "synthetic", "must-not-match"}
    assert all(("[" in case.marked) == (case.origin != "must-not-match") for case in CASES)


def test_english_possessives_and_plurals():
    matcher: Matcher[str] = Matcher("en")
    for form in ("Ally", "NATO", "NATO Command Structure"):
        matcher.add(form, form)
    text = "[NATO]’s [allies], nato, [NATO]'s [Ally], [NATO’s command structures]"
    assert marked(matcher, re.sub(r"[\[\]]", "", text)) == text


# Pieces that are forms, parts of forms, or what may stand between them.
PIECES = st.sampled_from(
    (
        *(
            "secrétaire",
            "Secrétaires",
            "général",
            "GENERAUX",
            "délégué",
            "de",
            "l’",
            "d'",
            "qu’",
            "OTAN",
            "O.T.A.N.",
            "PfP",
        ),
        *(
            "otan",
            "paix",
            "La Paix",
            "Alliance",
            "ALLIANCE",
            "alliance",
            "vice-",
            "ex‑",
            "www.paix.fr",
            "paix@otan.int",
        ),
        *(
            "https://a.fr/paix",
            " ",
            " ",
            " ",
            "\u00a0",
            "\n",
            "-",
            "–",
            ", ",
            ". ",
            " « ",
            "\u00a0»",
            "“",
            "”",
            "'s",
            "¹",
        ),
        *("\u00ad", "\u202f", "/", "(", ")", "2", "_", "ʼ"),
    )
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=14).map(" ".join),
    st.lists(PIECES, max_size=14).map(lambda pieces: " ".join(pieces).upper()),
    st.text(max_size=40),
)
FORMS = st.lists(
    st.sampled_from(
        (
            *("secrétaire", "secrétaire général", "secrétaire général délégué", "général de paix", "paix", "de paix"),
            *("OTAN", "l'OTAN", "paix de l'OTAN", "=Alliance", "=Alliance de paix", "alliance", "PfP", "paix, paix"),
            *("délégué de l'Alliance", "=La Paix", "paix 2", "ministre général", "O.T.A.N. de paix", "paix paix paix"),
        )
    ),
    max_size=8,
)


def naive(forms: list[str], text: str) -> list[tuple[int, int]]:
    """Try every form at every word of the text."""
    read = words(text, "fr")
    filed = [pairs for form in forms for pairs in keys_of(form, shouted=text.isupper())]
    spans, at = [], 0
    while at < len(read):
        ends = [
            at + len(keys) - 1
            for keys in filed
            if len(read) - at >= len(keys)
            and all(found_under(word, *key) for word, key in zip(read[at:], keys, strict=False))
            and all(
                joined(text[one.end : two.start])
                for one, two in zip(read[at:], read[at + 1 : at + len(keys)], strict=False)
            )
        ]
        if ends and not prefixed(text, read[at].start) and not goes_on(text, read[max(ends) : max(ends) + 2]):
            spans.append((read[at].start, read[max(ends)].end))
            at = max(ends)
        at += 1
    return spans


def keys_of(form: str, *, shouted: bool) -> list[list[tuple[str, str]]]:
    """The keys of a form's words, each with the lemma's own spelling."""
    bare = form.removeprefix("=")
    keys = form_key(bare, "fr", exact=form != bare)
    filed = list(zip(keys, (accented_lemma(word.lower(), "fr") for word in spelt(bare)), strict=True))
    loud = [(key.removeprefix("=").upper(), "") for key in keys]
    return [filed, loud] if shouted and form != bare else [filed]


def found_under(word: Word, key: str, lemma: str) -> bool:
    bare = without_accents(word.lower)
    keys = word_keys(word.exact, "fr")
    if key in keys and key == bare != word.lemma:
        return word.lower in {bare, lemma}
    return key in keys or key == word.exact


def goes_on(text: str, read: Sequence[Word]) -> bool:
    """Tell whether a hyphen and a word in lower case make another word of one in lower case."""
    if len(read) < 2 or read[1].start != read[0].end + 1 or text[read[0].end] not in "-‐‑":
        return False
    return text[read[0].start : read[0].end].islower() and read[1].exact.islower() and read[1].exact not in {"ci", "là"}


def joined(gap: str) -> bool:
    return bool(re.fullmatch(r"\u00ad*\s*(?:[-‐‑–/’'.&«»“”\"]|[’']s)?\s*", gap))


def prefixed(text: str, start: int) -> bool:
    word = re.match(r"\w+", text[start:])
    return bool(word and word[0].islower() and re.search(r"[^\W\d_][-‐‑]$", text[:start]))


@given(FORMS, TEXTS)
def test_finds_what_trying_every_form_finds(forms: list[str], text: str):
    found = [(match.start, match.end) for match in matcher_of(*forms).find(text)]
    # A quote that is closed after the last word is part of the match, which the naive one does not know.
    assert [(start, len(text[:end].rstrip("»” \u00a0\n\u202f"))) for start, end in found] == [
        (start, len(text[:end].rstrip("»” \u00a0\n\u202f"))) for start, end in naive(forms, text)
    ]


@given(TEXTS)
def test_words_are_read_alike_whatever_blanks_part_them(text: str):
    places = [(word.start, word.end, word.exact, word.lemma) for word in words(text, "fr")]
    for blank in "\n\u00a0":
        assert [
            (word.start, word.end, word.exact, word.lemma) for word in words(text.replace(" ", blank), "fr")
        ] == places


@given(FORMS, FORMS, TEXTS)
def test_one_matcher_over_another_finds_what_one_of_both_finds(first: list[str], second: list[str], text: str):
    def spans(matcher: Matcher[str]) -> list[tuple[int, int]]:
        return [(match.start, match.end) for match in matcher.find(text)]

    assert spans(matcher_of(*first).over(matcher_of(*second))) == spans(matcher_of(*first, *second))


def test_the_upper_matcher_wins_where_both_have_a_form():
    upper, lower = Matcher[str]("fr"), Matcher[str]("fr")
    upper.add("alliance", "upper")
    lower.add("Alliance", "lower", exact=True)
    lower.add("alliance de paix", "longer")
    assert [match.value for match in upper.over(lower).find("Alliance, alliances de paix")] == ["upper", "longer"]


def test_what_else_is_filed_under_a_form_is_said():
    matcher: Matcher[int] = Matcher("fr")
    for form, value in (("paix", 1), ("Paix", 2), ("paix", 1)):
        matcher.add(form, value)
    assert matcher.find("paix") == (matching.Match(0, 4, 1, (2,)),)


def test_forms_added_later_are_found_in_text_seen_before():
    matcher = matcher_of("secrétaire")
    assert marked(matcher, "le secrétaire général") == "le [secrétaire] général"
    matcher.add("secrétaire général", "")
    assert marked(matcher, "le secrétaire général") == "le [secrétaire général]"


def test_forgetting_words_changes_nothing():
    matcher: Matcher[str] = Matcher("fr", remembered=2)
    for form in ("secrétaire général", "OTAN"):
        matcher.add(form, form)
    text = "le secrétaire général de l’OTAN et le secrétaire général du parti"
    assert marked(matcher, text) == "le [secrétaire général] de l’[OTAN] et le [secrétaire général] du parti"


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        (
            ("droit de l’homme", "=Droit du sol", "droit de la mer"),
            "les [droits de l’homme], [Droit du sol], droit du sol",
        ),
        (("droit de l’homme", "=Droit du sol"), "LE [DROIT DU SOL]"),
        (("MOI", "un mois"), "[un MOIs], [MOIs], un [MOI]"),
        (("attacher une pièce", "attachés militaires"), "un [attaché militaire] [attachera une pièce]"),
        (("attachés militaires", "attacher une pièce"), "un [attaché militaire] [attachera une pièce]"),
    ],
)
def test_a_word_with_keys_of_several_forms_is_found_in_each(forms: tuple[str, ...], text: str):
    assert marked(matcher_of(*forms), re.sub(r"[\[\]]", "", text)) == text


@pytest.mark.parametrize("forms", [("venir", "=Vienne"), ("=Vienne", "venir")])
def test_of_two_forms_of_a_word_the_more_exact_is_found(forms: tuple[str, ...]):
    assert [match.value for match in matcher_of(*forms).find("qui vienne de Vienne")] == ["venir", "=Vienne"]


def test_every_spelling_under_which_a_value_is_filed_counts():
    matcher: Matcher[str] = Matcher("fr")
    matcher.add("attache", "x")
    assert marked(matcher, "un attaché") == "un attaché"
    matcher.add("attachés", "x")
    assert marked(matcher, "un attaché") == "un [attaché]"


def test_threads_that_meet_new_words_at_once_miss_no_form():
    forms = [f"mot{first} suite{second}" for first in range(40) for second in range(40)]
    matcher, found = matcher_of(*forms), []
    threads = [
        Thread(target=lambda seed=seed: found.append(sum(len(matcher.find(form)) for form in shuffled(forms, seed))))
        for seed in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [len(forms)] * 4


def shuffled(forms: list[str], seed: int) -> list[str]:
    return Random(seed).sample(forms, len(forms))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Rock’s, d’Oslo", ["", "Rock", "’s", ",", " ", "d", "’", "Oslo", ""]),
        ("l’S.A. O.T.A.N. a.bc", ["", "l", "’", "S.A.", " ", "O.T.A.N.", " ", "a", ".", "bc", ""]),
        ("lʼOTAN aujourdʼhui", ["", "l", "’", "OTAN", " ", "aujourdʼhui", ""]),
        ("a\xadb\xad c²", ["", "a\xadb", "\xad ", "c", "²"]),
        ("Www.a.fr, x@y.org", ["\0" * 8, ",", " " + "\0" * 7]),
        ("", [""]),
    ],
)
def test_split(text: str, pieces: list[str]):
    assert split(text) == pieces


@given(TEXTS)
def test_pieces_are_as_long_as_their_text(text: str):
    assert len("".join(split(text))) == len(text)
