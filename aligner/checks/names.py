"""Names that are misspelt, and addresses that changed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from aligner.checks.distance import distance
from aligner.matching import URL_OR_EMAIL
from aligner.words import is_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aligner.checks.rule import Limits
    from aligner.matching import Language
    from aligner.model import Pair

#: A capitalised word with a small letter; a footnote's mark is no part of it.
_LETTER = r"[^\W\d_¹²³⁰-⁹]"
_NAME = re.compile(rf"(?<![\w.])(?![a-zß-ÿ]){_LETTER}+?[a-zß-ÿ]{_LETTER}*(?:-{_LETTER}+)*")
#: What a capital may be due to that follows it.
_FIRST = re.compile(r"(?:^|[.!?:;«“\"(\[–—•…-])\s*$")
#: How French and English write the sounds of other alphabets: Poutine and Putin, Gorbatchev and Gorbachev.
_TRANSLITERATIONS = tuple(
    spelling.split(">")
    for spelling in (
        "tch>ch tsch>ch ch>sh dj>j dh>d ou>u oo>u gu>g kh>h ph>f th>t ts>z tz>z c>k q>k y>i j>i ee>i w>v ii>i aa>a"
    ).split()
)


def names(pair: Pair, _limits: Limits) -> Iterator[str]:
    """Names of the source that the target has almost."""
    source, target = pair.source.text, pair.target
    here = {_plain(word) for word in _NAME.findall(source)}
    said = [word for word in dict.fromkeys(_NAME.findall(target)) if _plain(word) not in here]
    if not said:
        return
    meant = tuple(dict.fromkeys(_names(pair)))
    for other in said:
        word = next((word for word in meant if _is_misspelt(word, other)), None)
        if word:
            yield f"“{word}” has become “{other}”"


def addresses(pair: Pair, _limits: Limits) -> Iterator[str]:
    """URLs and e-mail addresses that changed."""
    source, target = (Counter(_addresses(text)) for text in (pair.source.text, pair.target))
    lost, added = list(source - target), list(target - source)
    if len(lost) == len(added) == 1:
        yield f"{lost[0]} has become {added[0]}"
        return
    yield from (f"{one} is not in the target" for one in lost)
    yield from (f"{one} is not in the source" for one in added)


def _addresses(text: str) -> list[str]:
    return URL_OR_EMAIL.findall(text) if "@" in text or "://" in text or "www." in text.lower() else []


def _names(pair: Pair) -> Iterator[str]:
    """Capitalised words inside of the source's sentences, outside of its terms."""
    text = pair.source.text
    for found in _NAME.finditer(text):
        start, end = found.span()
        in_term = any(one.hit.start < end and start < one.hit.end for one in pair.outcomes)
        if len(found[0]) > 3 and not in_term and not _FIRST.search(text[max(0, start - 3) : start]):
            yield found[0]


def _is_misspelt(name: str, other: str) -> bool:
    one, two = _plain(name), _plain(other)
    most = 1 if len(one) < 8 else 2
    return (
        0 < distance(one, two, most) <= most
        and _heard(one) != _heard(two)
        and not _is_known(other, "en")
        and (not _is_known(name, "fr") or _is_known(name, "en"))
    )


def _is_known(word: str, language: Language) -> bool:
    """Tell whether a dictionary has a word; place names and their adjectives count, which languages spell apart."""
    return is_word(word, language) or is_word(word.lower(), language)


@lru_cache(maxsize=1 << 14)
def _plain(word: str) -> str:
    lower = word.lower()
    if lower.isascii():
        return lower
    return "".join(char for char in unicodedata.normalize("NFD", lower) if not unicodedata.combining(char))


@lru_cache(maxsize=1 << 14)
def _heard(plain: str) -> str:
    """Write a name so that what languages spell apart is equal: other alphabets' sounds, every vowel, the ending.

    >>> _heard("toutankhamon") == _heard("tutankhamun"), _heard("pythagore") == _heard("pythagoras")
    (True, True)
    """
    for french, english in _TRANSLITERATIONS:
        plain = plain.replace(french, english)
    return re.sub("[aeiou]", "a", re.sub(r"(?:[aeiou]?[sn]?|ss)$", "", plain))
