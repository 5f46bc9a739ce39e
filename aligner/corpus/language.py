"""Texts in another language than they should be, by py3langid, whose model comes with its package."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py3langid.langid import LanguageIdentifier

    from aligner.matching import Language

#: What a French-English corpus may have strayed into: the languages of Europe and the most written ones elsewhere.
#: Creoles and dialects, which the model knows too, are what it takes headings and lists of names for.
LANGUAGES = tuple(
    "en fr de es it pt nl ro sv da no fi pl cs sk hu hr sl sq lt lv et tr el bg ru uk sr mk ar he fa zh ja ko vi id "
    "ca eu gl ga mt is".split()
)
#: Words that no other language has three of so soon. Asking the model is half the work of a build, and needless for
#: the two texts in three that have them.
_COMMON: Mapping[Language, frozenset[str]] = {
    "fr": frozenset(
        "les des du une est et dans pour avec aux qui cette sont ont été mais pas plus entre ses sur ce au à".split()
    ),
    "en": frozenset(
        "the of and to for that with are by this from which been has have not was were they he it as be on an".split()
    ),
}
_ENOUGH = 3
#: A sentence's first characters say as much about its language as all of it does, in a fraction of the time.
_LOOK_AT = 120


def is_foreign(text: str, language: Language, least: float) -> bool:
    """Tell a text that is in a language with less than that probability (0..1).

    >>> is_foreign("Les ministres se sont réunis à Bruxelles.", "en", 0.1)
    True
    """
    # Capitals inside names and headings are no sign of a language.
    start = text[:_LOOK_AT].lower()
    if len(_COMMON[language].intersection(start.split())) >= _ENOUGH:
        return False
    identifier = _identifier()
    found, _ = identifier.classify(start)
    return found != language and bool(dict(identifier.rank(start))[language] < least)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
