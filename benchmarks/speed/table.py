"""The table of a benchmark's measurements, and what of the project's bars they meet."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

PLAIN, RAW = "transformers, a sentence at a time", "CTranslate2's `translate_batch`"
FIRST, AGAIN = "whole command, cold memory", "the same again, nothing changed"
MACHINE, QUALITY, LINEAR = "machine", "quality", "linear"
#: Ends the names of what ran on a GPU.
GPU = ", GPU"
#: Measurements that have no row.
APART = {"material", "tuning", MACHINE, QUALITY, LINEAR}
#: How much more a segment may cost in the longest document than in the shortest, a hundred times as long: caches and
#: garbage collection make it dearer; sorting would make it 1.7 times as dear, and what is quadratic a hundred times.
LINEAR_UP_TO = 1.5

Lines = list[dict]


def ours(engine: str, glossary: bool) -> str:
    return f"**aligner**, {engine}, {_how(glossary)}"


def growing(copies: int, glossary: bool) -> str:
    return f"{copies:,} × the corpus, {_how(glossary)}"


def _how(glossary: bool) -> str:
    return "with glossary" if glossary else "without glossary"


def report(lines: Lines) -> str:
    costs = linear_costs(lines)
    parts = [measurements(lines), linear_table(costs) if costs else "", bars(lines)]
    parts += [f"chrF++: `{line['signature']}`." for line in _of(lines, QUALITY)]
    parts += [
        f"{line['processors']} cores; load average when it began: {line['load']:.1f}. {line['versions']}."
        for line in _of(lines, MACHINE)
    ]
    return "\n\n".join(filter(None, parts))


def measurements(lines: Lines) -> str:
    """One row a measurement: medians over its rounds; ratios are medians of those within a round."""
    head = (
        "",
        "seconds",
        "words/s",
        "× plain loop",
        "of CTranslate2",
        "cores busy",
        "peak MB",
        "not engine: wall",
        "CPU",
    )
    body = [
        (
            row,
            _shown(middle(lines, row, "seconds"), ".2f"),
            _shown(middle(lines, row, "speed"), ".0f"),
            _shown(ratio(lines, row, PLAIN), ".1f"),
            _shown(ratio(lines, row, RAW + GPU if row.endswith(GPU) else RAW), ".0%"),
            _shown(middle(lines, row, "cores"), ".1f"),
            _shown(middle(lines, row, "megabytes"), ".0f"),
            _shown(middle(lines, row, "waiting"), ".1%"),
            _shown(middle(lines, row, "own"), ".1%"),
        )
        for row in dict.fromkeys(line["row"] for line in lines)
        if row not in APART
    ]
    return _markdown(head, body)


def linear_costs(lines: Lines) -> dict[int, dict[str, float]]:
    """Median microseconds a segment, by the document's length and by stage."""
    by_length: dict[int, Lines] = {}
    for line in _of(lines, LINEAR):
        by_length.setdefault(line["segments"], []).append(line["costs"])
    return {
        length: {stage: median(one[stage] for one in found) for stage in found[0]}
        for length, found in sorted(by_length.items())
    }


def linear_table(costs: dict[int, dict[str, float]]) -> str:
    """One row a stage, one column a length."""
    head = ("CPU µs a segment of a document of", *(f"{length:,}" for length in costs), "longest : shortest")
    body = [
        (stage, *(f"{of[stage]:.0f}" for of in costs.values()), f"{rate:.2f}") for stage, rate in _growth(costs).items()
    ]
    return _markdown(head, body)


class Bar(NamedTuple):
    """Something that is promised; a figure that was not measured is None."""

    name: str
    value: float | None
    asked: float
    how: str
    at_most: bool = False

    def cells(self) -> tuple[str, ...]:
        met = self.value <= self.asked if self.at_most else self.value >= self.asked
        sign = "≤" if self.at_most else "≥"
        return self.name, f"{self.value:{self.how}}", f"{sign} {self.asked:{self.how}}", "yes" if met else "**no**"


def bars(lines: Lines) -> str:
    """What is promised, what was measured, and whether the one meets the other."""
    found = []
    for glossary in (False, True):
        row, how = ours("ctranslate2", glossary), _how(glossary)
        found += [
            Bar(f"words/s on CTranslate2, of its own, {how}", ratio(lines, row, RAW), 0.9, ".1%"),
            Bar(f"words/s on CTranslate2, × plain loop, {how}", ratio(lines, row, PLAIN), 25, ".1f"),
        ]
        copies = [row for row in dict.fromkeys(line["row"] for line in lines) if row.endswith(f"× the corpus, {how}")]
        for row in copies[-1:]:
            worse = max(middle(lines, row, "waiting"), middle(lines, row, "own"))
            found.append(
                Bar(f"not the engine, {row}: of wall or CPU time, the larger", worse, 0.1, ".1%", at_most=True)
            )
    found.append(Bar("second run, of the first one's time", ratio(lines, AGAIN, FIRST, "seconds"), 0.1, ".1%", True))
    for line in _of(lines, QUALITY):
        fast, slow = line["met"]["ctranslate2"], line["met"]["transformers"]
        found += [
            Bar(
                "chrF++ of the engines' drafts of the corpus, CTranslate2 against transformers",
                line["drafts"],
                95,
                ".1f",
            ),
            Bar("chrF++ of the same with the glossary enforced", line["targets"], 95, ".1f"),
            Bar(f"terms met on CTranslate2, of {line['terms']}, beside transformers", fast, slow, "d"),
        ]
    growth = _growth(linear_costs(lines))
    found += [Bar(f"linear: {stage}", rate, LINEAR_UP_TO, ".2f", at_most=True) for stage, rate in growth.items()]
    measured = [bar.cells() for bar in found if bar.value is not None]
    return _markdown(("bar", "measured", "asked", "met"), measured) if measured else ""


def middle(lines: Lines, row: str, key: str) -> float | None:
    """The median over rounds."""
    values = [line[key] for line in _of(lines, row) if key in line]
    return median(values) if values else None


def ratio(lines: Lines, row: str, other: str, key: str = "speed") -> float | None:
    """The median over rounds of the ratio within a round."""
    base = {line["round"]: line[key] for line in _of(lines, other) if key in line}
    ratios = [line[key] / base[line["round"]] for line in _of(lines, row) if key in line and line["round"] in base]
    return median(ratios) if ratios else None


def _growth(costs: dict[int, dict[str, float]]) -> dict[str, float]:
    """By stage, what a segment of the longest document costs of what one of the shortest does."""
    if not costs:
        return {}
    first, last = costs[min(costs)], costs[max(costs)]
    return {stage: last[stage] / first[stage] for stage in first}


def _of(lines: Lines, row: str) -> Lines:
    return [line for line in lines if line["row"] == row]


def _shown(value: float | None, how: str) -> str:
    return "" if value is None else format(value, how)


def _markdown(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ("---",) * len(head), *body))
