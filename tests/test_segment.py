"""Gold cases of sentence segmentation, and what holds for any text and any document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.model import Block, BlockKind, Document
from aligner.segment import BEFORE_NAME, BEFORE_NUMBER, NEVER_FINAL, WHOLE, segment, split_sentences

ROWS = Path(__file__).parent / "cases" / "segmentation.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    label: str
    origin: str
    sentences: tuple[str, ...]
    joint: str
    xfail: bool

    @property
    def text(self) -> str:
        return self.joint.join(self.sentences)

    @property
    def boundaries(self) -> set[int]:
        ends, at = set(), 0
        for sentence in self.sentences[:-1]:
            ends.add(at + len(sentence))
            at += len(sentence) + len(self.joint)
        return ends


def read_cases() -> tuple[Case, ...]:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    return tuple(
        Case(row["label"], row["origin"], tuple(row["sentences"]), row.get("joint", " "), row.get("xfail", False))
        for row in rows
    )


CASES = read_cases()


def split(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in split_sentences(text))


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id=c.label, marks=pytest.mark.xfail(strict=True) if c.xfail else ()) for c in CASES],
)
def test_gold_case(case: Case) -> None:
    assert split(case.text) == case.sentences


def test_gold_cases_are_many_and_distinct() -> None:
    assert len({case.label for case in CASES}) == len({case.text for case in CASES}) == len(CASES) >= 150
    assert {case.origin for case in CASES} == {"wild", "synthetic", "must-not-split"}
    assert all(len(case.sentences) == 1 for case in CASES if case.origin == "must-not-split")


def test_boundary_f1_on_the_gold_known_failures_included() -> None:
    right = found = gold = 0
    for case in CASES:
        actual = {end for _, end in split_sentences(case.text)[:-1]}
        right, found, gold = right + len(actual & case.boundaries), found + len(actual), gold + len(case.boundaries)
    assert 2 * right / (found + gold) >= 0.99


@pytest.mark.parametrize("word", sorted(NEVER_FINAL | BEFORE_NUMBER | BEFORE_NAME))
def test_an_abbreviation_does_what_its_table_says(word: str) -> None:
    def parts(following: str) -> int:
        return len(split(f"On consulte {word}. {following} ensuite."))

    if word in NEVER_FINAL:
        assert (parts("Dupont"), parts("12"), parts("Il vient")) == (1, 1, 1)
    elif word in BEFORE_NUMBER:
        assert (parts("Dupont"), parts("12"), parts("Il vient")) == (2, 1, 2)
    else:
        assert (parts("Dupont"), parts("12"), parts("Il vient")) == (1, 1, 2)


# What the rules react to, so that arbitrary texts meet them often.
FRAGMENTS = st.sampled_from(
    (
        *'.!?…«»“”"()[]¹-–:; \n\t\u00a0\u202f\ufeff\u00ad',
        *("...", "M.", "art.", "p.", "J.-C.", "O.T.A.N.", "etc.", "1.", "12", "[…]", "b)"),
        *("Le", "le", "Paris", "demain", "iPhone", "l'", "il", "à", "A"),
    )
)
LISTS = st.lists(FRAGMENTS, max_size=40)
TEXTS = st.one_of(LISTS.map("".join), LISTS.map(" ".join), st.text())


@given(TEXTS)
def test_spans_cover_every_visible_character_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(end < start for (_, end), (start, _) in pairwise(spans))
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    gaps = [text[left:right] for left, right in zip(edges[::2], edges[1::2], strict=True)]
    assert not "".join(gaps).strip()


@given(TEXTS)
def test_every_sentence_says_something(text: str) -> None:
    spans = split_sentences(text)
    assert len(spans) < 2 or all(any(map(str.isalnum, text[start:end])) for start, end in spans)


@given(TEXTS.filter(lambda text: '"' not in text))
def test_a_sentence_is_not_split_further(text: str) -> None:
    # Straight marks are left out: which of them closes depends on those before.
    for sentence in split(text):
        assert split(sentence) == (sentence,)


@given(TEXTS, st.sampled_from(" \n\t\u00a0"))
def test_kinds_of_white_space_are_alike(text: str, blank: str) -> None:
    plain = "".join(" " if character.isspace() else character for character in text)
    assert split_sentences(plain.replace(" ", blank)) == split_sentences(plain)


@given(st.lists(st.tuples(st.sampled_from(BlockKind), TEXTS), max_size=5))
def test_segments_of_a_document(parts: list[tuple[BlockKind, str]]) -> None:
    text, blocks = "", []
    for kind, content in parts:
        text += "\n\n  • "
        blocks.append(Block(kind, len(text), len(text) + len(content)))
        text += content
    segments = segment(Document("page.txt", text, tuple(blocks)))
    assert [s.id for s in segments] == [f"s{number}" for number in range(1, len(segments) + 1)]
    assert all(text[s.start : s.end] == s.text for s in segments)
    assert all(s.block.start <= s.start < s.end <= s.block.end for s in segments)
    for block in blocks:
        count = sum(s.block is block for s in segments)
        content = text[block.start : block.end]
        assert count == (bool(content.strip()) if block.kind in WHOLE else len(split_sentences(content)))


@pytest.mark.parametrize("kind", list(BlockKind))
def test_only_prose_is_split(kind: BlockKind) -> None:
    text = "Que prévoit l'accord ? Que coûte-t-il ?"
    document = Document("page.txt", text, (Block(kind, 0, len(text)),))
    prose = {BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.NUMBERED, BlockKind.FOOTNOTE}
    assert len(segment(document)) == (2 if kind in prose else 1)


def test_a_segment_keeps_the_line_breaks_of_its_block() -> None:
    text = "Titre\n\n  Une phrase\n  coupée. Une autre."
    document = Document("page.txt", text, (Block(BlockKind.PARAGRAPH, 9, len(text)),))
    assert [(s.text, s.line) for s in segment(document)] == [
        ("Une phrase\n  coupée.", "Une phrase coupée."),
        ("Une autre.", "Une autre."),
    ]


@pytest.mark.parametrize("unit", [".", ". ", "(", "((x)", "[", 'a. " ', "M. ", "a. « ", "« a. » ", " "])
def test_a_hostile_text_takes_linear_time(unit: str) -> None:
    began = process_time()
    split_sentences(unit * 100_000 + "x")
    assert process_time() - began < 6  # ten times what the rules need on an idle machine, less than a quadratic one
