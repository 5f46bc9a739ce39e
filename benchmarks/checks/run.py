"""Measure the checks: false alarms on human translations, errors found where errors were made, pairs a second.

    python benchmarks/checks/run.py [--show CHECK]

Human translations are taken to be sound, so that everything flagged in them counts as a false alarm; some are not,
and the rates are therefore upper bounds. Their terms are matched with the bundled glossary. An error is seeded into
each pair that can have it, in the way that the table of `SEEDS` says, and found when the check that is meant for it
says more than it said before. Sets that are absent from ../shared/eval/mt beside the checkout are left out.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.align import align
from aligner.checks import DESCRIPTIONS, Profile, check, check_document
from aligner.enforce import find_targets
from aligner.glossary import Glossary
from aligner.model import Bitext, Block, BlockKind, Document, Pair, Segment, Severity, TermHit, TermOutcome, TermStatus
from aligner.readers import read_document
from aligner.segment import segment
from aligner.similarity import PIVOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
SETS = ROOT.parent / "shared/eval/mt"
NAMES = ("flores200-dev", "newstest2013", "unpc_dev")
Lines = list[tuple[str, str]]


def corpus() -> Lines:
    """Sentences of the corpus with those of their references, where they are aligned one to one and surely."""
    found = []
    for path in sorted((ROOT / "corpus/references").glob("*.en.txt")):
        source, target = (
            [one.line for one in segment(read_document(file))]
            for file in (ROOT / "corpus" / path.name.replace(".en.txt", ".txt"), path)
        )
        links = align(source, target, PIVOT)
        found += [
            (source[link.source[0]], target[link.target[0]])
            for link in links
            if len(link.source) == len(link.target) == 1 and link.score > 0.5
        ]
    return found


def lines(name: str) -> Lines:
    # The paragraph's number is a layout's, and in unpc_dev it is on one side only, in one pair of eight.
    source, target = (
        [
            re.sub(r"^\d+\.\s+", "", line.strip())
            for line in (SETS / name / file).read_text(encoding="utf-8").split("\n")
        ]
        for file in ("src.fr", "ref.en")
    )
    return [one for one in zip(source, target, strict=True) if all(one)]


@cache
def hits_of(glossary: Glossary, source: str) -> tuple[TermHit, ...]:
    return glossary.match(source)


def pair(source: str, target: str, glossary: Glossary) -> Pair:
    hits = hits_of(glossary, source)
    outcomes = tuple(
        TermOutcome(hit, TermStatus.FAILED) if span is None else TermOutcome(hit, TermStatus.KEPT, *span)
        for hit, span in zip(hits, find_targets(target, hits), strict=True)
    )
    block = Block(BlockKind.PARAGRAPH, 0, len(source))
    return Pair(
        Segment("s1", source, 0, len(source), block), target, target, 0.0 if source == target else -0.3, outcomes
    )


def _without(found: re.Match[str] | None, target: str, put: str = "") -> str | None:
    return None if found is None else re.sub(r" {2,}", " ", target[: found.start()] + put + target[found.end() :])


def _any(pattern: str, text: str, chance: random.Random) -> re.Match[str] | None:
    found = list(re.finditer(pattern, text))
    return chance.choice(found) if found else None


def drop_number(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-])", target, chance), target)


def change_digit(source: str, target: str, chance: random.Random) -> str | None:
    found = _any(r"\d", target, chance)
    return found and _without(found, target, str((int(found[0]) + chance.randint(1, 9)) % 10))


def drop_number_word(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r"\b(?:three|four|five|six|seven|eight|ten|twelve|twenty|thirty)\b", target, chance), target)


def change_month(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r"\b(?:January|April|June|July|September|October)\b", target, chance), target, "November")


def drop_bracket(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r"[()\[\]]", target, chance), target)


def drop_quote(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r"[“”\"]", target, chance), target)


def double_word(source: str, target: str, chance: random.Random) -> str | None:
    found = _any(r"\b[^\W\d_]{2,}\b", target, chance)
    return found and _without(found, target, f"{found[0]} {found[0]}")


def misspell_name(source: str, target: str, chance: random.Random) -> str | None:
    """Drop, double or swap a letter of a capitalised word that both sides have inside a sentence."""
    own = set(re.findall(r"(?<=[a-zé,] )[A-Z][a-z]{4,}", source))
    found = [one for one in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{4,}\b", target) if one[0] in own]
    if not found:
        return None
    one = chance.choice(found)
    at = chance.randrange(1, len(one[0]) - 1)
    ways = (one[0][:at] + one[0][at + 1 :], one[0][:at] + one[0][at] + one[0][at:])
    return _without(one, target, chance.choice(ways))


def cut_end(source: str, target: str, chance: random.Random) -> str | None:
    said = target.split()
    return " ".join(said[: len(said) // 3]) if len(said) > 11 else None


def drop_stop(source: str, target: str, chance: random.Random) -> str | None:
    return target[:-1] if target.endswith((".", "?", "!")) else None


def repeat_phrase(source: str, target: str, chance: random.Random) -> str | None:
    said = target.split()
    if len(said) < 8:
        return None
    at = chance.randrange(len(said) - 3)
    return " ".join([*said[: at + 2], *said[at : at + 2], *said[at:]])


def leave_french(source: str, target: str, chance: random.Random) -> str | None:
    """The second half in French."""
    said, meant = target.split(), source.split()
    return " ".join([*said[: len(said) // 2], *meant[len(meant) // 2 :]]) if len(said) > 11 else None


def give_back(source: str, target: str, chance: random.Random) -> str | None:
    return source if len(source.split()) > 5 else None


def change_acronym(source: str, target: str, chance: random.Random) -> str | None:
    found = [one for one in re.finditer(r"\b[A-Z]{4,}\b", target) if one[0] in source and not target.isupper()]
    if not found:
        return None
    one = chance.choice(found)
    return _without(one, target, one[0][:2] + chance.choice("QXZ") + one[0][3:])


def small_first(source: str, target: str, chance: random.Random) -> str | None:
    return target[0].lower() + target[1:] if re.match(r"[A-Z][a-z]", target) else None


def two_blanks(source: str, target: str, chance: random.Random) -> str | None:
    return _without(_any(r" ", target, chance), target.replace("  ", " "), "\0") and re.sub(" ", "  ", target, count=1)


#: What is done to a target, and the checks of which one should see it.
SEEDS: tuple[tuple[str, Callable[[str, str, random.Random], str | None], tuple[str, ...]], ...] = (
    ("a number is dropped", drop_number, ("numbers",)),
    ("a digit is changed", change_digit, ("numbers",)),
    ("a number word is dropped", drop_number_word, ("number-words",)),
    ("a month is changed", change_month, ("dates",)),
    ("a bracket is dropped", drop_bracket, ("brackets",)),
    ("a quotation mark is dropped", drop_quote, ("quotes",)),
    ("a word is doubled", double_word, ("doubled-word",)),
    ("two words are said three times", repeat_phrase, ("repetition",)),
    ("a name is misspelt by a letter", misspell_name, ("names", "term-failed")),
    ("an acronym is misspelt", change_acronym, ("term-extra", "term-failed")),
    ("the last two thirds are cut", cut_end, ("length-ratio", "end-punctuation")),
    ("the final sign is dropped", drop_stop, ("end-punctuation",)),
    ("the second half is French", leave_french, ("untranslated",)),
    ("all is French", give_back, ("untranslated",)),
    ("the first letter is small", small_first, ("capitals",)),
    ("a blank is doubled", two_blanks, ("spaces",)),
)


def false_alarms(pairs: Sequence[Pair]) -> Counter[str]:
    """How many pairs each check flags; a set counts as one document."""
    checked = tuple(replace(one, issues=check(one)) for one in pairs)
    whole = check_document(Bitext(Document("set", "", ()), checked))
    return Counter(name for one in whole.pairs for name in {issue.check for issue in one.issues})


def recall(sets: Sequence[Lines], glossary: Glossary) -> Iterator[tuple[str, str, int, int]]:
    """For each seed: its name, its checks, how many pairs had it, in how many it was found."""
    for name, seed, wanted in SEEDS:
        chance = random.Random(5)
        profile = Profile(dict.fromkeys(wanted, Severity.ERROR))
        tried = found = 0
        for source, target in (one for of_set in sets for one in of_set):
            wrong = seed(source, target, chance)
            if wrong is None or wrong == target:
                continue
            before, after = (
                Counter(issue.message for issue in check(pair(source, text, glossary), (), profile))
                for text in (target, wrong)
            )
            tried, found = tried + 1, found + bool(after - before)
        yield name, " or ".join(wanted), tried, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", metavar="CHECK", help="print the pairs that a check flags, and stop")
    parser.add_argument("--most", type=int, default=40, help="how many of them")
    asked = parser.parse_args()
    glossary = Glossary.load()
    sets = {"corpus": corpus(), **{name: lines(name) for name in NAMES if (SETS / name).exists()}}
    pairs = {name: [pair(*one, glossary) for one in of_set] for name, of_set in sets.items()}
    if asked.show:
        shown = ((one, issue) for of_set in pairs.values() for one in of_set for issue in check(one))
        wanted = [(one, issue) for one, issue in shown if issue.check == asked.show]
        for one, issue in random.Random(1).sample(wanted, min(asked.most, len(wanted))):
            print(f"{issue.message}\n  {one.source.text}\n  {one.target}")
        return
    started = time.process_time()
    alarms = {name: false_alarms(of_set) for name, of_set in pairs.items()}
    seconds = time.process_time() - started
    print(f"| check | {' | '.join(f'{name} ({len(of_set)})' for name, of_set in sets.items())} |")
    print("|---|" + "---|" * len(sets))
    for name in DESCRIPTIONS:
        print(f"| {name} | " + " | ".join(f"{alarms[one][name] / len(sets[one]):.2%}" for one in sets) + " |")
    print("\n| seeded error | seen by | pairs | found |\n|---|---|---|---|")
    for name, wanted, tried, found in recall(list(sets.values()), glossary):
        print(f"| {name} | {wanted} | {tried} | {found / max(tried, 1):.1%} |")
    count = sum(map(len, sets.values()))
    print(f"\n{count} pairs in {seconds:.1f} s: {count / seconds:.0f} a second on one core, terms matched beforehand")


if __name__ == "__main__":
    main()
