"""Every check by name, in the order in which a reviser is shown what they found."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.checks import names, numbers, punctuation, terms, words
from aligner.checks.rule import Limits, Rule
from aligner.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aligner.model import Pair

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def low_confidence(pair: Pair, limits: Limits) -> Iterator[str]:
    """Translations that the model itself thinks little of."""
    if pair.score < limits.low_confidence:
        yield f"the model's score is {pair.score:.2f}"


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("empty", _ERROR, "There is no translation.", words.empty),
            Rule("cut", _ERROR, "The engine stopped at its longest output."),
            Rule("alignment", _WARNING, "What is linked here may not belong together."),
            Rule("repetition", _ERROR, "The translation repeats itself.", words.repetition),
            Rule("length-ratio", _WARNING, "The translation is far too long or too short.", words.length_ratio),
            Rule("term-failed", _ERROR, "A term of the glossary is not translated as it says.", terms.failed),
            Rule("term-count", _INFO, "A term stands far more often than in the source.", terms.count),
            Rule("term-forbidden", _ERROR, "A term is translated in a way that the glossary forbids.", terms.forbidden),
            Rule("term-extra", _WARNING, "An acronym is not that of the source, nor the glossary's.", terms.extra),
            Rule("term-ambiguous", _INFO, "A term has several entries and nothing says which.", terms.ambiguous),
            Rule("untranslated", _WARNING, "Something was left in French.", words.untranslated),
            Rule("passed-through", _INFO, "The source is in English and was left as it is.", words.passed_through),
            Rule("numbers", _ERROR, "A number is missing, added or changed.", numbers.numbers),
            Rule("number-words", _WARNING, "A number in words is missing, added or changed.", numbers.number_words),
            Rule("dates", _ERROR, "A month or a day of the week is missing, added or changed.", numbers.dates),
            Rule("footnote-mark", _WARNING, "The mark of a footnote is missing.", punctuation.footnote_marks),
            Rule("address", _ERROR, "A URL or an e-mail address changed.", names.addresses),
            Rule("names", _WARNING, "A name is spelt in another way.", names.names),
            Rule("doubled-word", _WARNING, "A word stands twice in a row.", words.doubled_words),
            Rule("brackets", _WARNING, "A bracket is not paired.", punctuation.brackets),
            Rule("quotes", _WARNING, "A quotation mark is not paired.", punctuation.quotes),
            Rule("end-punctuation", _INFO, "The final sign is another one.", punctuation.end_punctuation),
            Rule("capitals", _INFO, "A sentence begins small, or capitals are on one side only.", punctuation.capitals),
            Rule("spaces", _INFO, "A blank is missing, or there is one too many.", punctuation.spaces),
            Rule("low-confidence", _INFO, "The model itself thinks little of its translation.", low_confidence),
        )
    }
)
