"""Lines that are formulas, not sentences: date lines, address labels and the words that pages put around their text.

A translation model has nothing to go by in them and invents; they are translated by table, or not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aligner.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Lines of an address that a post office reads: with a number, or of a street. Others name a body or a person.
_POSTAL = re.compile(r".*\d|(?:rue|avenue|boulevard|place|chemin|quai|all[ée]e)\b", re.IGNORECASE)

#: Whole lines, without the case and the final stop; the targets are those of NATO's English pages.
LINES: Mapping[str, str] = {
    "header": "Header",
    "accueil": "Home",
    "archives": "Archives",
    "discours": "Speeches",
    "documents connexes": "Related documents",
    "dossier": "Topic",
    "dossiers": "Topics",
    "en savoir plus": "Find out more",
    "historique": "Background",
    "imprimer": "Print",
    "liens": "Links",
    "liens utiles": "Useful links",
    "multimédia": "Multimedia",
    "nouvelles": "News",
    "opinion": "Opinions",
    "photos": "Photos",
    "retour à la page d'accueil": "Back to homepage",
    "retour à la page de garde": "Back to homepage",
    "retour au sommaire": "Back to contents",
    "haut de page": "Top of page",
    "haut de la page": "Top of page",
    "sommaire": "Contents",
    "vidéos": "Videos",
    "vidéo": "Video",
    "voir aussi": "See also",
    "high resolution photos": "High resolution photos",
}

MONTHS: Mapping[str, str] = {
    "janvier": "January",
    "février": "February",
    "mars": "March",
    "avril": "April",
    "mai": "May",
    "juin": "June",
    "juillet": "July",
    "août": "August",
    "septembre": "September",
    "octobre": "October",
    "novembre": "November",
    "décembre": "December",
    # unaccented and short forms; sept., oct., nov. and dec. are English too
    "fevrier": "February",
    "aout": "August",
    "decembre": "December",
    "janv.": "Jan.",
    "févr.": "Feb.",
    "fév.": "Feb.",
    "avr.": "Apr.",
    "juil.": "July",
    "déc.": "Dec.",
}
DAYS: Mapping[str, str] = {
    "lundi": "Monday",
    "mardi": "Tuesday",
    "mercredi": "Wednesday",
    "jeudi": "Thursday",
    "vendredi": "Friday",
    "samedi": "Saturday",
    "dimanche": "Sunday",
}

_CALENDAR = re.compile(rf"\b(?:{'|'.join(map(re.escape, {**MONTHS, **DAYS}))})(?!\w)", re.IGNORECASE)

#: Parts of date lines and addresses, applied in order.
PARTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"^derni[èe]re mise [àa] jour(?: le)?\s*:", "Last updated:"),
        (r"^mise?s? [àa] jour(?: le)?\s*:", "Updated:"),
        (r"^publi[ée]e?(?: le)?\s*:", "Published:"),
        (r"^t[ée]l(?:[ée]phone|\.)?\s*:", "Tel.:"),
        (r"^(?:t[ée]l[ée]copie|fax)\.?\s*:", "Fax:"),
        (r"^(?:courriel|e-?mail|m[ée]l)\s*:", "E-mail:"),
        (r"^site(?: web| internet)?\s*:", "Website:"),
        (r"^(?:B\.?P\.?|bo[iî]te postale)\s*(?=\d)", "PO Box "),
        (r"(?<=, )le (?=\d)", ""),
        (r"^le (?=\d)", ""),
        (r"\b1er\b", "1"),
        (r"(?<=\d)\s*-\s*(?=\d{1,2} [a-zéû]{3,})", "–"),
        (r"(?<=\d) au (?=\d)", " to "),
        (r"(?<=\d) et (?=\d)", " and "),
        (r"(?<=\d)h(?=\d\d\b)", ":"),
    )
)


def formula(text: str, kind: BlockKind) -> str | None:
    """Translate a line by table; None says that it is a sentence like any other.

    >>> formula("Mis à jour le: 13 Oct. 2023 15:52", BlockKind.DATE_LINE)
    'Updated: 13 Oct. 2023 15:52'
    >>> formula("9-15 mars 2005", BlockKind.DATE_LINE)
    '9–15 March 2005'
    >>> formula("Tél. : +32 2 707 41 11", BlockKind.ADDRESS)
    'Tel.: +32 2 707 41 11'
    >>> formula("Nouvelles", BlockKind.NAVIGATION)
    'News'
    """
    line = LINES.get(text.strip(" .").replace("’", "'").lower())
    formulaic = kind is BlockKind.DATE_LINE or (kind is BlockKind.ADDRESS and _is_postal(text))
    if line is not None or not formulaic:
        return line
    translated = text
    for pattern, replacement in PARTS:
        translated = pattern.sub(replacement, translated)
    return _CALENDAR.sub(lambda found: {**MONTHS, **DAYS}[found[0].lower()], translated)


def _is_postal(text: str) -> bool:
    return bool(_POSTAL.match(text)) or any(pattern.search(text) for pattern, _ in PARTS)
