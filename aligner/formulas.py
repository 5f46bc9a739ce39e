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
    # unaccented and short forms
    "fevrier": "February",
    "aout": "August",
    "decembre": "December",
    "janv.": "Jan.",
    "févr.": "Feb.",
    "fév.": "Feb.",
    "avr.": "Apr.",
    "juil.": "July",
    "sept.": "Sept.",
    "oct.": "Oct.",
    "nov.": "Nov.",
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
    "lun.": "Mon.",
    "mar.": "Tue.",
    "mer.": "Wed.",
    "jeu.": "Thu.",
    "ven.": "Fri.",
    "sam.": "Sat.",
    "dim.": "Sun.",
}

#: Whole lines with something in them that stays as it is: a page's number, a part's.
PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"page (\d+) (?:sur|de) (\d+)", r"Page \1 of \2"),
        (r"article (\d+)(?:er)?(\s?[–—:.-])?", r"Article \1\2"),
        (r"chapitre (\d+|[ivxlc]+)(?:er)?(\s?[–—:.-])?", r"Chapter \1\2"),
        (r"titre (\d+|[ivxlc]+)(?:er)?(\s?[–—:.-])?", r"Title \1\2"),
        (r"annexe (\d+|[ivxlc]+|[a-z])(\s?[–—:.-])?", r"Annex \1\2"),
        (r"partie (\d+|[ivxlc]+|[a-z])(\s?[–—:.-])?", r"Part \1\2"),
        (r"tableau (\d+|[ivxlc]+|[a-z])(\s?[–—:.-])?", r"Table \1\2"),
    )
)

_MONTH, _DAY = ("|".join(map(re.escape, words)) for words in (MONTHS, DAYS))
#: Words of a date, which stand beside its numbers; elsewhere they are names ("A. Mars").
_CALENDAR = re.compile(rf"(?<=\d[ \xa0-])(?:{_MONTH})(?!\w)|\b(?:{_MONTH}|{_DAY})(?=[ \xa0,-]{{1,2}}\d)", re.IGNORECASE)
#: What a mail program puts above a letter that it quotes.
_WROTE = re.compile(
    rf"le\s(?P<date>(?:(?:{_DAY}),?\s)?\d{{1,2}}(?:er)?\s(?:{_MONTH})\s\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{4})"
    r"(?:,?\s(?:à\s)?(?P<time>\d{1,2}[:h]\d{2}))?,?\s"
    r"(?P<author>(?:[^@<>]{1,80}\s)?[<(][^@<>\s]+@[^@<>\s]+[>)]|[^@<>\s]+@[^@<>\s]+)\sa\sécrit\s?:",
    re.IGNORECASE,
)

#: The field of an e-mail's header that holds a date.
_DATE_FIELD = re.compile(r"(?:envoy[ée](?: le)?|sent|date)\s*:", re.IGNORECASE)

#: How date lines and lines of addresses begin.
LABELS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"^derni[èe]re mise [àa] jour(?: le)?\s*:", "Last updated:"),
        (r"^mise?s? [àa] jour(?: le)?\s*:", "Updated:"),
        (r"^publi[ée]e?(?: le)?\s*:", "Published:"),
        (r"^t[ée]l(?:[ée]phone|\.)?\s*:", "Tel.:"),
        (r"^(?:t[ée]l[ée]copie|fax)\.?\s*:", "Fax:"),
        (r"^(?:courriel|e-?mail|m[ée]l)\s*:", "E-mail:"),
        (r"^site(?: web| internet)?\s*:", "Website:"),
        (r"^(?:de|expéditeur)\s*:", "From:"),
        (r"^(?:[àa]|destinataires?)\s*:", "To:"),
        (r"^cc\s*:", "Cc:"),
        (r"^cci\s*:", "Bcc:"),
        (r"^envoy[ée](?: le)?\s*:", "Sent:"),
        (r"^date\s*:", "Date:"),
        (r"^(?:objet|sujet)\s*:", "Subject:"),
        (r"^pi[èe]ces? jointes?\s*:", "Attachments:"),
        (r"^(?:B\.?P\.?|bo[iî]te postale)\s*(?=\d)", "PO Box "),
    )
)

#: Parts of dates, applied in order.
DATES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\ble (?=\d)", ""),
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
    >>> formula("CHAPITRE IV", BlockKind.HEADING), formula("Page 3 sur 12", BlockKind.HEADING)
    ('CHAPTER IV', 'Page 3 of 12')
    >>> formula("Le lundi 3 mai 2021 à 12:40, A. Petit <a@b.org> a écrit :", BlockKind.PARAGRAPH)
    'On Monday 3 May 2021 at 12:40, A. Petit <a@b.org> wrote:'
    """
    line = LINES.get(text.strip(" .").replace("’", "'").lower())
    if line is not None:
        return line
    if found := next(filter(None, (pattern.fullmatch(text) for pattern, _ in PATTERNS)), None):
        said = found.expand(dict(PATTERNS)[found.re])
        return said.upper() if text.isupper() else said
    if found := _WROTE.fullmatch(text):
        when = _date(found["date"]) + (f" at {_date(found['time'])}" if found["time"] else "")
        return f"On {when}, {found['author']} wrote:"
    if kind is not BlockKind.DATE_LINE and not (kind is BlockKind.ADDRESS and _is_postal(text)):
        return None
    dated = kind is BlockKind.DATE_LINE or _DATE_FIELD.match(text)
    for pattern, replacement in LABELS:
        text = pattern.sub(replacement, text)
    return _date(text) if dated else text


def _date(text: str) -> str:
    for pattern, replacement in DATES:
        text = pattern.sub(replacement, text)
    return _CALENDAR.sub(lambda found: {**MONTHS, **DAYS}[found[0].lower()], text)


def _is_postal(text: str) -> bool:
    return bool(_POSTAL.match(text)) or any(pattern.search(text) for pattern, _ in LABELS)
