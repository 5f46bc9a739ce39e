"""What a Marian model must not be shown, and what it must not be believed: pure functions on one text or two.

Marian models invent text on input without words, take capitals for acronyms, loop, stop early, and are cut at their
longest input. Thresholds are ours, chosen so that no sound pair of the corpus or of the evaluation sets trips them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from aligner.matching import URL_OR_EMAIL, is_acronym

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
#: File endings and sizes, "(.MP3/5770kb)": letters that are no words.
_FILE_SIZE = re.compile(r"\(?\.?\w{2,4}/\d+\s?[kmg]?[bo]\)?", re.IGNORECASE)
_ROMAN = re.compile(r"(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\W*")
#: Words that only one of the two languages has; a line with two of the English and none of the French is in English.
ENGLISH_ONLY = frozenset("the of with and from for by this that these are was were is to its".split())
FRENCH_ONLY = frozenset(
    "le la les un une des du de et à au aux en dans pour par sur avec est sont ce cette ces qui que ne pas son sa ses "
    "leur leurs l d qu s n".split()
)
#: A text is shouted from this share of capitals and this many letters on; "OTAN" alone is an acronym.
SHOUTED_SHARE, SHOUTED_LETTERS = 0.8, 8
#: Targets may be this much longer or shorter than their source, in characters, plus a few for short ones.
LONGEST, SHORTEST, SLACK = 2.5, 0.3, 25
#: How long a looping phrase is at most, in words, and how often in a row it is a loop.
LOOP_WORDS, LOOP_TIMES = 6, 3
#: A loop inside a word: "imprimimimable".
_STUTTER = re.compile(r"([^\W\d_]{2,6})\1{2,}")
#: Where a long segment may be split, the safest first: after a stop, a semicolon, a colon, a dash or bracket, a comma.
SAFE_POINTS = tuple(map(re.compile, (r"[.!?…]\s+", r";\s+", r":\s+", r"\s[–—]\s+|\)\s+", r",\s+", r"\s+")))


def has_words(text: str) -> bool:
    """Tell whether there is something to translate besides numbers, signs, URLs, e-mail addresses and file sizes.

    >>> [has_words(text) for text in ("33 %", "• ***", "www.nato.int", "(.MP3/5770kb)", "IV.", "33 pays")]
    [False, False, False, False, False, True]
    """
    bare = _FILE_SIZE.sub(" ", URL_OR_EMAIL.sub(" ", text)).strip()
    return bool(_LETTER.search(bare)) and not _ROMAN.fullmatch(bare)


def is_english(text: str) -> bool:
    """Tell whether a line is in English already, as captions of bilingual pages are.

    >>> is_english("View of the room"), is_english("Vue de la salle"), is_english("Photos")
    (True, False, False)
    """
    found = {word.lower() for word in _WORD.findall(text)}
    return len(found & ENGLISH_ONLY) >= 2 and not found & FRENCH_ONLY


def is_shouted(text: str) -> bool:
    """Tell whether a text is in capitals.

    >>> is_shouted("PRIORITÉS DE L'ALLIANCE"), is_shouted("OTAN"), is_shouted("La FIAS")
    (True, False, False)
    """
    letters = _LETTER.findall(text)
    return len(letters) >= SHOUTED_LETTERS and sum(map(str.isupper, letters)) >= SHOUTED_SHARE * len(letters)


def sentence_case(text: str, spellings: Mapping[str, str]) -> str:
    """Write a shouted text in sentence case; `spellings` has the words that keep capitals, by their lower case.

    >>> sentence_case("LES PRIORITÉS DE L'OTAN", {"otan": "OTAN"})
    "Les priorités de l'OTAN"
    """
    calm = _WORD.sub(lambda found: spellings.get(found[0].lower(), found[0].lower()), text)
    first = _LETTER.search(calm)
    return calm if first is None else calm[: first.start()] + first[0].upper() + calm[first.end() :]


def shout(text: str) -> str:
    """Write a text in capitals, but for acronyms with small letters.

    >>> shout("Allies in the PfP")
    'ALLIES IN THE PfP'
    """
    return _WORD.sub(lambda found: found[0] if is_acronym(found[0]) else found[0].upper(), text)


def faults(source: str, target: str) -> tuple[str, ...]:
    """Name what shows that a translation cannot be right: `empty`, `repetition`, `length-ratio`."""
    if not target.strip():
        return ("empty",)
    found = []
    if _loops(target) > _loops(source):
        found.append("repetition")
    size = len(source.strip())
    if not SHORTEST * size - SLACK <= len(target) <= LONGEST * size + SLACK:
        found.append("length-ratio")
    return tuple(found)


def _loops(text: str) -> int:
    """Count the places where a phrase, or a part of a word, is said three times in a row."""
    said = text.lower().split()
    loops = len(_STUTTER.findall(text.lower()))
    # A phrase said three times in a row has its first word three times.
    again = [word for word, count in Counter(said).items() if count >= LOOP_TIMES]
    for start in (place for place, word in enumerate(said) if word in again):
        for size in range(1, min(LOOP_WORDS, (len(said) - start) // LOOP_TIMES) + 1):
            loops += said[start : start + size * LOOP_TIMES] == said[start : start + size] * LOOP_TIMES
    return loops


def split_long(text: str, limit: int, count: Callable[[Sequence[str]], Sequence[int]]) -> tuple[str, ...]:
    """Split a text of more than `limit` tokens at its safest point near the middle, again and again.

    `count` counts tokens. Joining the pieces with spaces gives the text back, but for the blanks at the joints.
    """
    if count([text])[0] <= limit or len(text) < 2:
        return (text,)
    at = min(_splits(text), key=lambda split: (split[0], abs(split[1] - len(text) // 2)))[1]
    left, right = text[:at].rstrip(), text[at:].lstrip()
    return (*split_long(left, limit, count), *split_long(right, limit, count))


def _splits(text: str) -> Iterator[tuple[int, int]]:
    """Places to split, as (rank, offset); near the edges they count as unsafe, and the bare middle comes last."""
    for rank, pattern in enumerate(SAFE_POINTS):
        for found in pattern.finditer(text.rstrip()):
            if found.start() > 0:
                central = 0.2 * len(text) < found.end() < 0.8 * len(text)
                yield (rank if central else rank + len(SAFE_POINTS)), found.end()
    yield 2 * len(SAFE_POINTS), len(text) // 2


def around_addresses(text: str) -> tuple[tuple[str, bool], ...]:
    """Part a text at its URLs and e-mail addresses: (part, whether it is for the model). Nothing is lost.

    >>> around_addresses("Voir www.nato.int (en anglais)")
    (('Voir ', True), ('www.nato.int', False), (' (en anglais)', True))
    """
    parts, position = [], 0
    for found in URL_OR_EMAIL.finditer(text):
        parts += [text[position : found.start()], found[0]]
        position = found.end()
    parts.append(text[position:])
    return tuple((part, has_words(part)) for part in parts if part)


def rejoin(pieces: Sequence[str], translated: Sequence[str]) -> str:
    """Join the translations of a split text, without the capitals and full stops that a piece's ends brought in."""
    joined = []
    for position, (piece, text) in enumerate(zip(pieces, translated, strict=True)):
        fitted = text.strip()
        if position and piece[:1].islower() and not is_acronym(fitted.split(maxsplit=1)[0] if fitted else ""):
            fitted = fitted[:1].lower() + fitted[1:]
        if position + 1 < len(pieces) and fitted.endswith(".") and not piece.endswith((".", "…")):
            fitted = fitted[:-1]
        joined.append(fitted)
    return " ".join(filter(None, joined))
