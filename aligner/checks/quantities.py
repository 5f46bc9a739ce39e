"""Read the numbers of a text, in French or English, in figures or words, so that the two sides can be compared.

A number may be read in more than one way: "1.234" in French is 1234 or 1,234; "2 h" is a time or a duration; "90s" is
1990 too. Two numbers are equal when they share a reading, a plain decimal or a time of day such as `14:30`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

from aligner.checks.numerals import AND, CARDINALS, DECADES, HINTS, IDLE, ORDINALS, SCALES
from aligner.matching import URL_OR_EMAIL, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Form(IntEnum):
    """How a number is written, and so how surely it must be on the other side too."""

    FIGURES = 0
    WORDS = 1
    #: What may stand for a number, such as an article, "both", a month or a Roman numeral, and need not.
    HINT = 2


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a text has it."""

    text: str
    readings: frozenset[str]
    form: Form


#: A word; "round the clock", which is said without figures as often; a time of day, which may be a duration; other
#: figures, with their ending.
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+)|(?=\d)(?:"
    r"(?P<always>24\s?h(?:eures)?\s?(?:sur|/)\s?24\b|7\s?j(?:ours)?\s?(?:sur|/)\s?7\b|24/7\b)|"
    r"(?P<clock>(?<![\d:.,/])(?P<hour>[01]?\d|2[0-4])"
    r"(?:(?:[:.](?P<m1>[0-5]\d))?\s?(?P<half>[ap])\.?m\b"
    r"|:(?P<m2>[0-5]\d)(?![\d:])|\s?h(?:\s?(?P<m3>[0-5]?\d))?(?!\w)|\sheures?(?:\s(?P<m4>[0-5]\d))?\b))"
    r"|(?P<figures>(?<!\d)(?:\d{1,3}(?:[ \xa0\u2009\u202f.,'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?))"
    r"(?P<suffix>(?:er|re|e|ème|eme|st|nd|rd|th|s)\b)?)",
    re.IGNORECASE,
)
#: Figures that are a time where they have a point, begin with 0, or are hours: 2.30, 0300, 1430 hours.
_MAY_BE_TIME = re.compile(r"([01]?\d|2[0-4])\.?([0-5]\d)")
_ROMAN = re.compile(r"(?=[XVI])X{0,3}(?:IX|IV|V?I{0,3})(?P<ordinal>er|re|e|ème)?")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_PER_CENT = re.compile(r"\b(?:pour|per) cent\b|\bpercent\b", re.IGNORECASE)
_HALF_MORE: Mapping[Language, re.Pattern[str]] = {
    "fr": re.compile(r"\s*(?:\w+\s+)?et demie?\b"),
    "en": re.compile(r"\s*and (?:a|one)[ -]half\b"),
}
_HALF = Decimal("0.5")
_LETTERS, _FIGURE = re.compile(r"[^\W\d_]+"), re.compile(r"\d|\b[XVI]+[eè]")
_VALUES: Mapping[Language, Mapping[str, int]] = {
    language: {**CARDINALS[language], **ORDINALS[language]} for language in CARDINALS
}
_SURE: Mapping[Language, frozenset[str]] = {
    language: frozenset(word for word, value in values.items() if value not in IDLE[language])
    for language, values in _VALUES.items()
}


def has_numbers(text: str, language: Language) -> bool:
    """Tell whether a text has a number that is no mere hint; says yes too often, and quickly."""
    return bool(_FIGURE.search(text)) or not _SURE[language].isdisjoint(_LETTERS.findall(text.lower()))


def quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """Find a text's numbers, from left to right; those inside URLs and e-mail addresses are no numbers.

    >>> [(found.text, *sorted(found.readings)) for found in quantities("2,5 millions en trente-trois ans", "fr")]
    [('2,5 millions', '2500000'), ('trente-trois', '33')]
    >>> [(found.text, *sorted(found.readings)) for found in quantities("at 2.30 pm", "en")]
    [('2.30 pm', '14:30')]
    """
    if "@" in text or "/" in text or "www" in text:
        text = URL_OR_EMAIL.sub(" ", text)
    if "cent" in text:
        text = _PER_CENT.sub("%", text)
    return tuple(_Reader(text, language).read())


class _Reader:
    """A pass over a text's tokens; `at` and `first` are indices of tokens, `end` an offset in the text."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self.values = _VALUES[language]
        self.scales, self.hints = SCALES[language], HINTS[language]
        self.tokens = list(_TOKEN.finditer(text))

    def read(self) -> Iterator[Quantity]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            following = at + 1
            if token.lastgroup != "word":
                if token["always"]:
                    yield Quantity(token[0], frozenset({"24", "7"}), Form.HINT)
                elif token["clock"]:
                    yield Quantity(token[0], _clock(token), Form.FIGURES)
                else:
                    following, quantity = self._figures(at)
                    yield quantity
            else:
                word = token[0].lower()
                if word in self.values or (word == "mille" and self.language == "fr"):
                    following, quantity = self._words(at)
                    yield quantity
                elif word in self.scales:
                    yield Quantity(token[0], frozenset({str(self.scales[word])}), Form.HINT)
                elif word in self.hints:
                    yield Quantity(token[0], self.hints[word], Form.HINT)
                elif token[0][0] in "XVI":
                    yield from _roman(token[0])
            at = following

    def _figures(self, at: int) -> tuple[int, Quantity]:
        """Read figures, with a scale after them; returns the next token's index and the number."""
        token = self.tokens[at]
        values = _values_of(token["figures"], self.language)
        if _HALF_MORE[self.language].match(self.text, token.end()):
            values = (*values, *(value + _HALF for value in values))
        following, end, scale = self._scale(at + 1, token.end())
        if scale > 1:
            text = self.text[token.start() : end]
            return following, Quantity(text, _plain(value * scale for value in values), Form.FIGURES)
        others: set[str] = set()
        if self._is_decade(at):
            others |= _plain(year for value in values for year in (value % 100, 1900 + value % 100))
        if self._ends_year_range(at):
            others |= _plain(century + value % 100 for value in values for century in (1900, 2000))
        time = _MAY_BE_TIME.fullmatch(token["figures"])
        if time and ("." in time[0] or time[0][0] == "0" or "hours" in self.text):
            others.add(_time(int(time[1]), int(time[2])))
        later = self._later_scale(following)
        shared = _plain(value * later for value in values)
        return following, Quantity(token["figures"], _plain(values) | shared | others, Form.FIGURES)

    def _scale(self, at: int, end: int) -> tuple[int, int, int]:
        """The scale words right after a number: the next token's index, where they end, what they multiply to."""
        scale = 1
        while at < len(self.tokens) and self._joined(end, at):
            factor = self.scales.get(self.tokens[at][0].lower())
            if factor is None:
                break
            scale *= factor
            end, at = self.tokens[at].end(), at + 1
        return at, end, scale

    def _later_scale(self, at: int) -> int:
        """The scale that a number may share with a later one, as in "2 à 3 millions"; 1 where there is none."""
        return next((self.scales[word] for word in map(self._word, range(at, at + 6)) if word in self.scales), 1)

    def _word(self, at: int) -> str:
        return self.tokens[at][0].lower() if 0 <= at < len(self.tokens) else ""

    def _joined(self, end: int, at: int) -> bool:
        between = self.text[end : self.tokens[at].start()]
        return len(between) < 2 and (between in "-‐‑" or between.isspace())

    def _is_decade(self, at: int) -> bool:
        return self.tokens[at]["suffix"] in {"s", "S"} or self._word(at - 1) in DECADES

    def _ends_year_range(self, at: int) -> bool:
        """Tell whether figures are the short second year of a range, as in 2004-05."""
        if not at or len(self.tokens[at][0]) != 2 or len(self.tokens[at - 1][0]) != 4:
            return False
        return self.text[self.tokens[at - 1].end() : self.tokens[at].start()] in {"-", "–", "/", "‑"}

    def _words(self, first: int) -> tuple[int, Quantity]:
        """Read a number in words; returns the next token's index and the number."""
        said = _Sum(self.language)
        at, end = first, self.tokens[first].start()
        while at < len(self.tokens) and (at == first or self._joined(end, at)):
            word = self._word(at)
            if word in self.scales:
                said.multiply(self.scales[word])
            elif word in self.values and (at == first or said.may_add(self.values[word], self._word(at - 1))):
                said.add(self.values[word])
            elif not (word == AND[self.language] and said.and_may_add(self.values.get(self._word(at + 1), 0))):
                break
            end, at = self.tokens[at].end(), at + 1
            if word in ORDINALS[self.language]:
                break
        number = said.total + said.current
        readings = {number}
        if self._word(first - 1) in DECADES:
            readings.add(1900 + number)  # les années soixante
        if self._word(at) in DECADES:
            readings.add(number * 10)  # three decades
        if number < 1000:
            readings.add(number * self._later_scale(at))
        half_more = _HALF_MORE[self.language].match(self.text, end)
        halves = _plain([number + said.scale * _HALF]) if half_more else frozenset()
        form = Form.HINT if at == first + 1 and number in IDLE[self.language] else Form.WORDS
        return at, Quantity(self.text[self.tokens[first].start() : end], _plain(readings) | halves, form)


class _Sum:
    """A number as its words are heard: `current` is below `scale`, the last scale; `room` bounds what may be added."""

    def __init__(self, language: Language) -> None:
        self.french = language == "fr"
        self.total, self.current, self.room, self.scale = 0, 0, 10**6, 1

    def multiply(self, scale: int) -> None:
        self.total = self.total + self.current * scale if self.current else max(self.total, 1) * scale
        self.current, self.room, self.scale = 0, scale, scale

    def may_add(self, value: int, before: str) -> bool:
        if value == 100 and 0 < self.current < 100:
            return True
        if self.french and before == "dix":
            return value in {7, 8, 9}
        return value < self.room or self._is_four_score(value)

    def and_may_add(self, value: int) -> bool:
        if self.french:
            return value in {1, 11} and value < self.room
        return 0 < value < 100 <= self.room

    def add(self, value: int) -> None:
        if value == 100 and 0 < self.current < 100:
            self.current, self.room = self.current * 100, 100
        elif self._is_four_score(value):
            self.current, self.room = self.current + 76, 20
        else:
            self.current, self.room = self.current + value, self._room_after(value)

    def _is_four_score(self, value: int) -> bool:
        return self.french and value == 20 and self.current % 100 == 4

    def _room_after(self, value: int) -> int:
        """Units go with tens; soixante takes dix too, and dix takes sept, huit and neuf."""
        if value >= 100:
            return value
        if self.french and value in {10, 60}:
            return value if value == 10 else 20
        return 10 if value >= 20 else 0


def _values_of(figures: str, language: Language) -> Sequence[Decimal]:
    """Every value that figures may have; blanks only group, points and commas group or begin the decimals."""
    bare = re.sub(r"[\s'’]", "", figures)
    signs = re.sub(r"\d", "", bare)
    if not signs:
        return (Decimal(bare),)
    whole, decimals = re.split(r"[.,](?=\d+$)", bare)
    grouped, parted = Decimal(re.sub(r"\D", "", bare)), Decimal(f"{re.sub(r'[.,]', '', whole)}.{decimals}")
    if len(decimals) != 3 or len(set(signs)) == 2:
        return (parted,)
    if len(signs) > 1:
        return (grouped,)
    if language == "fr":
        return (parted, grouped)  # 1.234 and 1,234 are seen for both
    return (grouped,) if signs == "," else (parted,)


def _plain(values: Iterable[Decimal | int]) -> frozenset[str]:
    """Write values without exponents and without zeros that say nothing."""
    texts = (f"{value:f}" if isinstance(value, Decimal) else str(value) for value in values)
    return frozenset(text.rstrip("0").rstrip(".") if "." in text else text for text in texts)


def _time(hour: int, minute: int) -> str:
    return f"{hour % 24}:{minute:02}"


def _clock(found: re.Match[str]) -> frozenset[str]:
    """Every reading of a time of day; without minutes it may be a duration."""
    hour = int(found["hour"])
    minutes = found["m1"] or found["m2"] or found["m3"] or found["m4"]
    half = (found["half"] or "").lower()
    if half:
        return frozenset({_time(hour % 12 + 12 * (half == "p"), int(minutes or 0))})
    readings = {_time(hour, int(minutes or 0))}
    if hour <= 12:
        readings.add(_time(hour + 12, int(minutes or 0)))
    if minutes is None:
        readings.add(str(hour))
    return frozenset(readings)


def _roman(word: str) -> Iterator[Quantity]:
    found = _ROMAN.fullmatch(word)
    if found:
        digits = [_ROMAN_DIGITS[char] for char in word[: found.start("ordinal") if found["ordinal"] else None]]
        value = sum(-one if one < max(digits[at:]) else one for at, one in enumerate(digits))
        yield Quantity(word, frozenset({str(value)}), Form.WORDS if found["ordinal"] else Form.HINT)
