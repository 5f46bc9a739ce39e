"""Numbers, months and days of the week that one side has and the other has not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from aligner.checks.quantities import Form, Quantity, has_numbers, quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aligner.checks.rule import Limits
    from aligner.model import Pair

#: The English names of what French calls by these names; the short forms are those of date lines.
_CALENDAR: Mapping[str, str] = {
    **dict(
        zip(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
            "January February March April May June July August September October November December".split(),
            strict=True,
        )
    ),
    **dict(
        zip(
            "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
            "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
            strict=True,
        )
    ),
}
_MONTHS = tuple(_CALENDAR.values())[:12]
#: In small letters: "Mars" is a planet, "Mardi gras" a feast.
_FRENCH = re.compile(rf"\b(?:{'|'.join(_CALENDAR)})\b")
_ENGLISH = re.compile(
    r"\b(?:(?P<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:(?:s|nes|rs|ur)?days?)?|(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|"
    r"Sep|Oct|Nov|Dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?)\b"
)
#: English words too when nothing that belongs to a date is beside them: a march, he may.
_WORD_TOO = frozenset({"March", "May"})


def numbers(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Numbers in figures."""
    return _differences(pair, Form.FIGURES)


def number_words(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Numbers in words."""
    return _differences(pair, Form.WORDS)


def dates(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Months and days of the week, which may be abbreviated, or a month be written in figures."""
    source, target = pair.source.line, pair.target
    meant = dict.fromkeys(_CALENDAR[name] for name in _FRENCH.findall(source))
    said = dict.fromkeys(_english_names(target))
    for name in meant:
        if name not in said and not _in_figures(name, target):
            yield f"{name} is not in the target"
    french = {_CALENDAR[name] for name in _FRENCH.findall(source.lower())} | set(_english_names(source))
    written_out = {name for name in said if name in target} - _WORD_TOO
    for name in written_out:
        if name not in french and not _in_figures(name, source):
            yield f"{name} is not in the source"


def _english_names(text: str) -> Iterator[str]:
    for found in _ENGLISH.finditer(text):
        beginning = found["day"] or found["month"]
        yield next(name for name in _CALENDAR.values() if name.startswith(beginning))


def _in_figures(name: str, text: str) -> bool:
    if name not in _MONTHS:
        return False
    month = _MONTHS.index(name) + 1
    return re.search(rf"(?<!\d)0?{month}(?!\d)", text) is not None


def _differences(pair: Pair, form: Form) -> Iterator[str]:
    missing, extra = (
        list(dict.fromkeys(found.text for found in side if found.form is form))
        for side in _unmatched(pair.source.line, pair.target)
    )
    if len(missing) == len(extra) == 1:
        yield f"“{missing[0]}” has become “{extra[0]}”"
        return
    for side, found in (("target", missing), ("source", extra)):
        if found:
            yield f"{', '.join(f'“{text}”' for text in found)} {'is' if len(found) == 1 else 'are'} not in the {side}"


@lru_cache(maxsize=1)  # two checks in a row ask for the same pair
def _unmatched(source: str, target: str) -> tuple[Sequence[Quantity], Sequence[Quantity]]:
    """The numbers of either side that the other has not, or not as often."""
    if not has_numbers(source, "fr") and not has_numbers(target, "en"):
        return (), ()
    meant, said = quantities(source, "fr"), quantities(target, "en")
    missing, extra = _pair_off(meant, said)
    lost, added = _lacking(missing, said), _lacking(extra, meant)
    # Telephone and file numbers are grouped in many ways: 707 41 11, 7074111.
    regrouped = len(lost) != len(added) and "".join(map(_digits, lost)) == "".join(map(_digits, added)) != ""
    return ((), ()) if regrouped else (lost, added)


def _pair_off(meant: Sequence[Quantity], said: Sequence[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Match numbers one to one, those in figures first, since they have the fewest readings."""
    rest = [one for one in said if one.form is not Form.HINT]
    missing = []
    for one in sorted((one for one in meant if one.form is not Form.HINT), key=lambda one: one.form):
        same = next((other for other in rest if one.readings & other.readings and one.form is other.form), None)
        same = same or next((other for other in rest if one.readings & other.readings), None)
        if same is None:
            missing.append(one)
        else:
            rest.remove(same)
    return missing, rest


def _lacking(found: Sequence[Quantity], there: Sequence[Quantity]) -> list[Quantity]:
    """Those that no hint of the other side explains; words may be said twice on one side, figures may not."""
    return [
        one
        for one in found
        if not any(
            one.readings & other.readings and (other.form is Form.HINT or one.form is Form.WORDS) for other in there
        )
    ]


def _digits(found: Quantity) -> str:
    return re.sub(r"\D", "", found.text)
