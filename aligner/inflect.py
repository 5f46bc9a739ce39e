"""Fit an English term to its place: number, article, capitals."""

from __future__ import annotations

import re

from aligner.matching import is_acronym, words

#: Words that a noun phrase's head stands before: "Head of State" has its plural on "Head".
_AFTER_HEAD = frozenset("of for to in on at with against".split())
_IRREGULAR_PLURALS = {"aircraft": "aircraft", "headquarters": "headquarters", "forces": "forces", "person": "people"}
#: Letters whose names begin with a vowel, for acronyms that are spelt: "an SFOR contingent", "an LOI".
_VOWEL_NAMED = frozenset("AEFHILMNORSX")
#: Beginnings that are written with a vowel and said with a consonant, or the other way round.
_SAID_WITH_CONSONANT = re.compile(r"(?i:eu|uni(?!n|m)|us[aeiou]|one\b)|U[NSK]\b")
_SAID_WITH_VOWEL = re.compile(r"(?:hour|hono|heir)", re.IGNORECASE)


def is_plural(found: str, term: str) -> bool:
    """Tell whether a French term was found in the plural although it is filed in the singular.

    >>> is_plural("équipes provinciales", "équipe provinciale"), is_plural("Nations unies", "Nations unies")
    (True, False)
    """
    here, filed = words(found, "fr"), words(term, "fr")
    if len(here) != len(filed) or not filed:
        return False
    return any(
        word.lower != base.lower and word.lower[-1] in "sx" and base.lower[-1] not in "sx"
        for word, base in zip(here, filed, strict=True)
    )


def plural(term: str) -> str:
    """Put an English term in the plural, on the head of its phrase; acronyms stay.

    >>> [plural(term) for term in ("Provincial Reconstruction Team", "Head of State", "partner country", "WMD")]
    ['Provincial Reconstruction Teams', 'Heads of State', 'partner countries', 'WMD']
    """
    parts = term.split(" ")
    head = next((at - 1 for at, part in enumerate(parts) if at and part in _AFTER_HEAD), len(parts) - 1)
    parts[head] = _plural_word(parts[head])
    return " ".join(parts)


def counted(count: int, noun: str) -> str:
    """Say how many there are of something.

    >>> counted(1, "entry"), counted(2048, "entry")
    ('1 entry', '2048 entries')
    """
    return f"{count} {noun if count == 1 else plural(noun)}"


def _plural_word(word: str) -> str:
    lower = word.lower()
    if is_acronym(word) or not word.isalpha():
        return word
    if lower in _IRREGULAR_PLURALS:
        return word[:1] + _IRREGULAR_PLURALS[lower][1:]
    if re.search(r"[^aeiou]y$", lower):
        return word[:-1] + "ies"
    if re.search(r"(?:s|x|ch|sh)$", lower):
        return word if lower.endswith("s") else word + "es"
    return word + "s"


def article(word: str) -> str:
    """Choose `a` or `an` by how a phrase's first word is said; an acronym without an early vowel is spelt.

    >>> [f"{article(term)} {term}" for term in ("Ally", "NATO", "ISAF", "SFOR team", "EU", "European Union", "hour")]
    ['an Ally', 'a NATO', 'an ISAF', 'an SFOR team', 'a EU', 'a European Union', 'an hour']
    """
    word = word.split(" ", maxsplit=1)[0]
    if _SAID_WITH_CONSONANT.match(word):
        return "a"
    if is_acronym(word) and word[0] not in "AEIOU":
        said = word[1].upper() in "AEIOU" or word[:2] in {"SH", "CH"}
        return "an" if not said and word[0] in _VOWEL_NAMED else "a"
    return "an" if word[0].lower() in "aeiou" or _SAID_WITH_VOWEL.match(word) else "a"
