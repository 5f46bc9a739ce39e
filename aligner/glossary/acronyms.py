"""Acronyms that a text introduces: their long forms stand beside them."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from aligner.glossary.word_kinds import LINKS, NOT_IN_TERMS
from aligner.matching import is_acronym

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What stands between round brackets, without a sign that would make more than one thing of it.
_BRACKETS = re.compile(r"\(([^()\[\];:]{2,80})\)")
#: Where a long form cannot reach over.
_STOP = re.compile(r"[()\[\];:!?«»“”\"]|[.,]\s")
_WORD = re.compile(r"\w+(?:[-‑]\w+)*")
#: Capitals lose their accents in acronyms.
_FOLDED = dict(zip("àâäáéèêëîïíôöóùûüúçñ", "aaaaeeeeiiiooouuuucn", strict=True))
#: What no long form begins with.
FUNCTION_WORDS = frozenset(chain("un une this its".split(), *LINKS.values()))
#: Schwartz and Hearst's bounds on an acronym; theirs on the long form are in `_long_form`.
MIN_LETTERS, MAX_LETTERS = 2, 10


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Find (acronym, long form) where one follows the other in brackets.

    After A. S. Schwartz and M. A. Hearst, A simple algorithm for identifying abbreviation definitions in biomedical
    text (2003): the letters of the acronym occur in the long form in their order, the first one at its beginning.

    >>> list(definitions("La Commission des eaux et forêts (CEF) et le Conseil des ports (OPL)."))
    [('CEF', 'Commission des eaux et forêts')]
    >>> list(definitions("L’UPL (Union des ports du Levant) et l’O.M. (Office de la mer)"))
    [('UPL', 'Union des ports du Levant'), ('O.M.', 'Office de la mer')]
    """
    start = 0
    for brackets in _BRACKETS.finditer(text):
        inside, before = brackets[1].strip(), text[start : brackets.start()].rstrip()
        start = brackets.end()
        if _is_short(inside):
            found = _long_form(inside, _STOP.split(before)[-1])
            if found:
                yield inside, found
        else:
            last = re.split(r"[\s’']", before)[-1]
            if _is_short(last) and _long_form(last, inside) == inside:
                yield last, inside


def _is_short(form: str) -> bool:
    return MIN_LETTERS <= len(letters_of(form)) <= MAX_LETTERS and form[:1].isalpha() and is_acronym(form)


def _long_form(short: str, text: str) -> str | None:
    """The shortest end of a text that the letters of an acronym run through."""
    letters = letters_of(short)
    found = list(_WORD.finditer(text))
    nearest = found[-min(len(letters) + 5, 2 * len(letters)) :]
    # A long form has two words at least.
    starts = {word.start() for word in nearest[:-1] if word[0].lower() not in FUNCTION_WORDS}
    if not starts:
        return None
    at = len(text)
    for index in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= nearest[0].start() and not (_fold(text[at]) == letters[index] and (index > 0 or at in starts)):
            at -= 1
        if at < nearest[0].start():
            return None
    # A content word right before it belongs to it: the letters are those of another language's name, and fit by luck.
    before = _WORD.findall(text[:at])
    if before and not _is_function_word(before[-1]):
        return None
    long = text[at:].strip()
    return None if short in long else long


def _is_function_word(word: str) -> bool:
    plain = "".join(map(_fold, word))
    return any(plain in words for words in (*LINKS.values(), *NOT_IN_TERMS.values()))


def letters_of(form: str) -> str:
    """An acronym's letters and digits, in lower case and without accents.

    >>> letters_of("C.É.D.")
    'ced'
    """
    return "".join(_fold(char) for char in form if char.isalnum())


def _fold(char: str) -> str:
    return _FOLDED.get(char.lower(), char.lower())
