"""English typography for translations of French: quotes, blanks before signs, numbers, the first capital.

Each rule is one small function that yields the places it would change; every change is kept, so that it can be shown
and replayed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aligner.inline_tags import fixed
from aligner.matching import URL_OR_EMAIL
from aligner.model import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: (start, end, replacement)
Edit = tuple[int, int, str]

_BLANKS = r"[ \t\xa0\u2009\u202f]"
#: 1 234 567,89 or 1,5 as French writes them; a telephone number goes on in groups of other sizes, or after a +.
_FRENCH_NUMBER = re.compile(
    rf"(?<![\w+,.(/-])(?<!\d{_BLANKS})(?:\d{{1,3}}(?:{_BLANKS}\d{{3}})+(?:,\d+)?|\d+,\d+)(?![\w/]|{_BLANKS}?\d|,\d)"
)
#: A number with all that its digits are parted by, so that no group of a number is taken for a number.
_NUMBERS = re.compile(rf"(?<![\w/:-])\d+(?:(?:{_BLANKS}|[.,])\d+)*(?![\w/:-])")


def english(source: str, target: str) -> tuple[str, tuple[Change, ...]]:
    """Set a translation in English typography; returns the text and the changes, in the order they were made.

    >>> english("« 33 % : oui », dit-il", "« 33 % : yes », he said")[0]
    '“33%: yes”, he said'
    >>> english("1 234,5 millions", "1 234,5 million")[0]
    '1,234.5 million'
    """
    changes: list[Change] = []
    kept = fixed(target)
    for rule, edits in RULES:
        done = len(changes)
        # Rightmost first, so that the offsets of the edits that are left stay true.
        limit = len(target)
        for start, end, after in sorted(edits(source, target), reverse=True):
            if end > limit:
                continue  # two readings of one place
            if any(start < last and first < end for first, last in kept):
                continue  # an address, an attribute, code
            limit = start
            changes.append(Change(rule, start, target[start:end], after))
            target = target[:start] + after + target[end:]
        if kept and len(changes) > done:
            kept = fixed(target)
    return target, tuple(changes)


def guillemets(_source: str, target: str) -> Iterator[Edit]:
    """« and » with the blanks inside them; ‹ and › too."""
    for found in re.finditer(rf"«{_BLANKS}*|{_BLANKS}*»|‹{_BLANKS}*|{_BLANKS}*›", target):
        yield *found.span(), {"«": "“", "»": "”", "‹": "‘", "›": "’"}[found[0].strip()]


def straight_quotes(_source: str, target: str) -> Iterator[Edit]:
    """Straight double quotes that come in pairs."""
    places = [found.start() for found in re.finditer('"', target)]
    if len(places) % 2 == 0:
        for position, at in enumerate(places):
            yield at, at + 1, "“" if position % 2 == 0 else "”"


def blanks_before_signs(_source: str, target: str) -> Iterator[Edit]:
    """The blanks that French sets before ; : ! ? %, and slips before commas, stops and on the inside of brackets."""
    after_opening, before_sign = r"(?<=[(\[“])", r"(?=[;:!?%,)\]”]|\.(?!\w))"
    pattern = rf"{after_opening}{_BLANKS}+(?=\S)|(?<=[^\s(\[“]){_BLANKS}+{before_sign}"
    for found in re.finditer(pattern, target):
        yield *found.span(), ""


def blanks(_source: str, target: str) -> Iterator[Edit]:
    """Double blanks, blanks at the ends, no-break blanks that only French needs."""
    first, last = len(target) - len(target.lstrip()), len(target.rstrip())
    if first:
        yield 0, first, ""
    if 0 < last < len(target):
        yield last, len(target), ""
    for found in re.finditer(rf"{_BLANKS}{{2,}}|[\u2009\u202f]", target):
        if first <= found.start() and found.end() <= last:
            yield *found.span(), " "


def numbers(source: str, target: str) -> Iterator[Edit]:
    """Numbers that stand in the target as the French source writes them: 1 234,5 becomes 1,234.5."""
    french = {_digits(found[0]) for found in _FRENCH_NUMBER.finditer(source)}
    urls = [found.span() for found in URL_OR_EMAIL.finditer(target)]
    for found in _FRENCH_NUMBER.finditer(target):
        in_url = any(start <= found.start() < end for start, end in urls)
        if _digits(found[0]) in french and not in_url:
            yield *found.span(), english_number(found[0])


def digits(source: str, target: str) -> Iterator[Edit]:
    """Numbers that the model misspelt by one digit: a number that only the target has, for one that it lacks."""
    meant, said = ([*_NUMBERS.finditer(text)] for text in (source, target))
    here, there = (Counter(re.sub(r"\D", "", found[0]) for found in side) for side in (meant, said))
    missing, extra = here - there, there - here
    plain = {found[0] for found in meant}  # numbers without groups and decimals; the others are read in too many ways
    for found in said:
        near = [number for number in missing if extra[found[0]] and number in plain]
        near = [number for number in near if _one_digit_apart(number, found[0])]
        if len(near) == 1:
            missing -= Counter(near)
            extra -= Counter([found[0]])
            yield *found.span(), near[0]


def _one_digit_apart(number: str, other: str) -> bool:
    """Tell whether one of two numbers is the other with a digit left out; short ones are too easily another number."""
    short, long = sorted((number, other), key=len)
    return len(short) >= 3 and any(short == long[:at] + long[at + 1 :] for at in range(len(long)))


def footnote_marks(source: str, target: str) -> Iterator[Edit]:
    """The mark of a footnote at the end of the source that the target lost."""
    mark = re.search(r"(?P<mark>[¹²³⁴-⁹]+)(?P<stop>[.!?…]?)\W*$", source)
    if mark and target and mark["mark"] not in target:
        at = len(target.rstrip(" \xa0”’\"'»)"))
        if mark["stop"] and target[at - 1 : at] in ".!?…":
            at -= 1
        yield at, at, mark["mark"]


def first_capital(source: str, target: str) -> Iterator[Edit]:
    """A capital at the beginning where the source has one, and the target a small letter."""
    first, own = re.search(r"[^\W_]", source), re.search(r"[^\W_]", target)
    if first and own and first[0].isupper() and own[0].islower() and not URL_OR_EMAIL.match(target, own.start()):
        yield own.start(), own.end(), own[0].upper()


RULES: tuple[tuple[str, Callable[[str, str], Iterator[Edit]]], ...] = (
    ("quotes", guillemets),
    ("quotes", straight_quotes),
    ("numbers", numbers),  # before the blanks inside of them are touched
    ("digits", digits),
    ("footnote-marks", footnote_marks),
    ("blanks-before-signs", blanks_before_signs),
    ("blanks", blanks),
    ("first-capital", first_capital),
)


def english_number(number: str) -> str:
    """Write a French number the English way.

    >>> english_number("1 234,5"), english_number("0,75"), english_number("5 250")
    ('1,234.5', '0.75', '5,250')
    """
    whole, _, decimals = number.partition(",")
    return re.sub(_BLANKS, ",", whole) + ("." + decimals if decimals else "")


def _digits(number: str) -> str:
    return re.sub(_BLANKS, " ", number)
