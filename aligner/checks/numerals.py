"""How French and English say numbers: tables for `quantities`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aligner.matching import Language


def _words(table: str) -> Mapping[str, int]:
    """Read a table of values, each with its words: `1 un une, 2 deux`."""
    rows = (row.split() for row in table.split(","))
    return MappingProxyType({word: int(value) for value, *words in rows for word in words})


def _readings(table: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    """Turn a table of readings and their words into one of words and their readings."""
    rows = ((frozenset(readings.split()), words.split()) for readings, words in table.items())
    return MappingProxyType({word: readings for readings, words in rows for word in words})


CARDINALS: Mapping[Language, Mapping[str, int]] = {
    "fr": _words(
        "0 zéro, 1 un une, 2 deux, 3 trois, 4 quatre, 5 cinq, 6 six, 7 sept, 8 huit, 9 neuf, 10 dix, 11 onze, "
        "12 douze, 13 treize, 14 quatorze, 15 quinze, 16 seize, 20 vingt vingts, 30 trente, 40 quarante, "
        "50 cinquante, 60 soixante, 70 septante, 80 huitante octante, 90 nonante, 100 cent cents"
    ),
    "en": _words(
        "0 zero nil, 1 one, 2 two, 3 three, 4 four, 5 five, 6 six, 7 seven, 8 eight, 9 nine, 10 ten, 11 eleven, "
        "12 twelve, 13 thirteen, 14 fourteen, 15 fifteen, 16 sixteen, 17 seventeen, 18 eighteen, 19 nineteen, "
        "20 twenty, 30 thirty, 40 forty, 50 fifty, 60 sixty, 70 seventy, 80 eighty, 90 ninety, 100 hundred"
    ),
}
ORDINALS: Mapping[Language, Mapping[str, int]] = {
    "fr": _words(
        "1 premier première premiers premières unième, 2 deuxième deuxièmes second seconde seconds secondes, "
        "3 troisième troisièmes, 4 quatrième quatrièmes, 5 cinquième cinquièmes, 6 sixième sixièmes, 7 septième, "
        "8 huitième, 9 neuvième, 10 dixième dixièmes, 11 onzième, 12 douzième, 13 treizième, 14 quatorzième, "
        "15 quinzième, 16 seizième, 20 vingtième, 30 trentième, 40 quarantième, 50 cinquantième, 60 soixantième, "
        "100 centième"
    ),
    "en": _words(
        "1 first firstly, 2 second secondly seconds, 3 third thirdly thirds, 4 fourth fourths, 5 fifth fifths, "
        "6 sixth, 7 seventh, 8 eighth, 9 ninth, 10 tenth tenths, 11 eleventh, 12 twelfth, 13 thirteenth, "
        "14 fourteenth, 15 fifteenth, 16 sixteenth, 17 seventeenth, 18 eighteenth, 19 nineteenth, 20 twentieth, "
        "30 thirtieth, 40 fortieth, 50 fiftieth, 60 sixtieth, 70 seventieth, 80 eightieth, 90 ninetieth, 100 hundredth"
    ),
}
#: The long scale of French and the short one of English: milliard is billion, billion is trillion.
SCALES: Mapping[Language, Mapping[str, int]] = {
    "fr": _words(
        f"{10**3} mille millier milliers, {10**6} million millions, {10**9} milliard milliards md mds mrd mrds, "
        f"{10**12} billion billions"
    ),
    "en": _words(
        f"{10**3} thousand thousands, {10**6} million millions mn, {10**9} billion billions bn, "
        f"{10**12} trillion trillions"
    ),
}
#: Alone these are other words as often ("navire neuf", "one"), or have many translations ("deux": both, a pair).
IDLE: Mapping[Language, frozenset[int]] = {
    "fr": frozenset({0, 1, 2, 9, 100, 1000}),
    "en": frozenset({0, 1, 2, 100}),
}
#: Words that may stand for a number of the other side, with its readings.
HINTS: Mapping[Language, Mapping[str, frozenset[str]]] = {
    "fr": _readings(
        {
            "1": "premièrement unique seul seule quotidien hebdomadaire janvier",
            "2": "février",
            "2 0.5 50": "double doubler doublé doublée couple paire deuxièmement demi demie moitié",
            "3": "triple tripler triplé tiers tierce troisièmement trimestre trimestriel mars",
            "4": "avril",
            "4 25 15": "quart quarts quadruple quadrupler trimestres",
            "5": "mai",
            "6": "semestre juin",
            "7": "juillet",
            "8": "août",
            "9": "septembre",
            "10": "décennie décennies octobre",
            "10 12": "dizaine dizaines",
            "11": "novembre",
            "12": "douzaine décembre",
            "12 10": "douzaines",
            "15 14 2": "quinzaine",
            "20": "vingtaine",
            "30": "trentaine",
            "40": "quarantaine",
            "50": "cinquantaine cinquantenaire",
            "60": "soixantaine",
            "100": "centaine centaines siècle centenaire",
            "200": "bicentenaire",
            "1000": "millénaire",
            "12:00": "midi",
            "0:00": "minuit",
        }
    ),
    "en": _readings(
        {
            "1": "a an once single sole each per only january jan",
            "2": "february feb",
            "2 0.5 50": "both couple pair twice double doubled doubling dual latter half halves secondary",
            "3": "thrice triple tripled treble trilateral trio triad tertiary march mar",
            "4": "april apr",
            "4 25 15 3": "quarter quarters quarterly quadruple quadrupled",
            "5": "may",
            "6": "june jun",
            "7": "july jul",
            "8": "august aug",
            "9": "september sept sep",
            "10": "decade decades tens october oct",
            "11": "november nov",
            "12": "dozen december dec",
            "12 10": "dozens",
            "15 14": "fortnight",
            "20": "score",
            "20 1920": "twenties",
            "30 1930": "thirties",
            "40 1940": "forties",
            "50 1950": "fifties",
            "60 1960": "sixties",
            "70 1970": "seventies",
            "80 1980": "eighties",
            "90 1990": "nineties",
            "100": "century centuries hundreds centenary",
            "200": "bicentenary",
            "1000": "millennium",
            "12:00": "noon midday",
            "0:00": "midnight",
        }
    ),
}
#: Before or after a number, what makes it a decade or tens of years.
DECADES = frozenset({"années", "décennie", "décennies", "decade", "decades"})
#: Joins the words of a number: vingt et un, two hundred and five.
AND: Mapping[Language, str] = {"fr": "et", "en": "and"}
