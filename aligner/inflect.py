"""Fit an English term to its place: number, article, capitals."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from aligner.matching import is_acronym, words
from aligner.words import is_initials

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Words that a noun phrase's head stands before: "Head of State" has its plural on "Head".
_AFTER_HEAD = frozenset("of for to in on at with against".split())
#: The same in French: "gestion de crises" is no plural.
_AFTER_FRENCH_HEAD = frozenset("à au aux avec contre d dans de des du en entre par pour sans sous sur".split())
#: Titles whose head stands before "General"; a major general is a general.
_TITLES = frozenset("attorney auditor consul director governor inspector secretary solicitor surgeon".split())
#: Nouns that have no plural, or no other one.
_INVARIABLE = frozenset(
    "advice aid aircraft ammunition assistance equipment evidence forces hardware headquarters information "
    "intelligence logistics management personnel reconnaissance research security software spacecraft support "
    "surveillance training transport warfare weaponry".split()
)
_IRREGULAR_PLURALS = {"person": "people"} | {
    word: f"{word}s" for word in "german human norman ottoman roman shaman talisman".split()
}
#: What the end of a word becomes in the plural, the first that fits; any other word takes an s.
_PLURAL_ENDINGS = (
    ("man", "men"),
    ("sis", "ses"),
    ("s", "s"),
    ("x", "xes"),
    ("ch", "ches"),
    ("sh", "shes"),
    *((f"{vowel}y", f"{vowel}ys") for vowel in "aeou"),
    ("y", "ies"),
)
#: Letters whose names begin with a vowel, for acronyms that are spelt: "an SFOR contingent", "an LOI".
_VOWEL_NAMED = frozenset("AEFHILMNORSX")
#: Beginnings that are written with a vowel and said with a consonant, or the other way round.
_SAID_WITH_CONSONANT = re.compile(r"(?i:eu|uni(?![dmn])|unanim|ubiqu|ukrain|uran|us[aeiou]|ut[ei]|one\b)")
#: Acronyms in U are spelt (a UAV, a UNHCR official), or said with a long u (a UNESCO site), but for those that begin
#: like "under".
_SAID_LIKE_UNDER = re.compile(r"UN[^AEIOU]+[AEIOU]")
_SAID_WITH_VOWEL = re.compile(r"(?:hour|hono|heir)", re.IGNORECASE)


def target_for(form: str, targets: Sequence[str]) -> str:
    """Choose among an entry's targets for one of its forms: for an acronym the first acronym, else the first of all.

    >>> target_for("PPP", ("Partnership for Peace", "PfP")), target_for("Partenariat", ("Partnership for Peace", "PfP"))
    ('PfP', 'Partnership for Peace')
    """
    return next(filter(is_initials, targets), targets[0]) if is_initials(form) else targets[0]


def is_plural(found: str, term: str) -> bool:
    """Tell whether a French term was found in the plural although it is filed in the singular.

    >>> is_plural("équipes provinciales", "équipe provinciale"), is_plural("gestion de crises", "gestion de crise")
    (True, False)
    """
    here, filed = words(found, "fr"), words(term, "fr")
    if len(here) != len(filed):
        return False
    head = takewhile(lambda pair: pair[1].lower not in _AFTER_FRENCH_HEAD, zip(here, filed, strict=True))
    return any(
        word.lower != base.lower and word.lower[-1] in "sx" and base.lower[-1] not in "sx" for word, base in head
    )


def plural(term: str) -> str:
    """Put an English term in the plural, on the head of its phrase; acronyms and mass nouns stay.

    >>> [plural(term) for term in ("Provincial Reconstruction Team", "Head of State", "partner country", "WMD")]
    ['Provincial Reconstruction Teams', 'Heads of State', 'partner countries', 'WMD']
    >>> [plural(term) for term in ("Secretary General", "Major General", "air personnel", "crisis", "vice-chairman")]
    ['Secretaries General', 'Major Generals', 'air personnel', 'crises', 'vice-chairmen']
    """
    parts = re.split("([ -])", term)
    nouns = parts[::2]
    head = next((at - 1 for at, word in enumerate(nouns) if at and word in _AFTER_HEAD), len(nouns) - 1)
    if head and nouns[head].lower() == "general" and nouns[head - 1].lower() in _TITLES:
        head -= 1
    parts[2 * head] = _plural_word(nouns[head])
    return "".join(parts)


def counted(count: int, noun: str) -> str:
    """Say how many there are of something.

    >>> counted(1, "entry"), counted(2048, "entry")
    ('1 entry', '2048 entries')
    """
    return f"{count} {noun if count == 1 else plural(noun)}"


def _plural_word(word: str) -> str:
    lower = word.lower()
    if is_acronym(word) or not word.isalpha() or lower in _INVARIABLE:
        return word
    if lower in _IRREGULAR_PLURALS:
        return word[:1] + _IRREGULAR_PLURALS[lower][1:]
    singular, ending = next((pair for pair in _PLURAL_ENDINGS if lower.endswith(pair[0])), ("", "s"))
    return word[: len(word) - len(singular)] + ending


def article(word: str) -> str:
    """Choose `a` or `an` by how a phrase's first word is said; an acronym without an early vowel is spelt.

    >>> [f"{article(term)} {term}" for term in ("Ally", "NATO", "ISAF", "SFOR team", "EU", "European Union", "hour")]
    ['an Ally', 'a NATO', 'an ISAF', 'an SFOR team', 'a EU', 'a European Union', 'an hour']
    >>> [f"{article(term)} {term}" for term in ("UNHCR", "UNESCO", "UNPROFOR", "UAV", "Ukrainian", "unidentified")]
    ['a UNHCR', 'a UNESCO', 'an UNPROFOR', 'a UAV', 'a Ukrainian', 'an unidentified']
    """
    word = word.split(" ", maxsplit=1)[0]
    if is_acronym(word) and word[0] == "U":
        return "an" if _SAID_LIKE_UNDER.match(word) else "a"
    if _SAID_WITH_CONSONANT.match(word):
        return "a"
    if is_acronym(word) and word[0] not in "AEIOU":
        said = word[1].upper() in "AEIOU" or word[:2] in {"SH", "CH"}
        return "an" if not said and word[0] in _VOWEL_NAMED else "a"
    return "an" if word[0].lower() in "aeiou" or _SAID_WITH_VOWEL.match(word) else "a"
