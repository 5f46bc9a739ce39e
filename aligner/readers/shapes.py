"""What a line looks like: a date, an address, a caption, a title. Each is a test on the line alone."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:janv(?:ier)?|f[ée]vr?(?:ier)?|mars?|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|"
    r"nov(?:embre)?|d[ée]c(?:embre)?|jan|feb|apr|may|jun|jul|aug|sep|dec)\.?"
)
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_DATE = (
    rf"(?:(?:{_DAY}\s+)?(?:le\s+)?\d{{1,2}}(?:er)?(?:\s*(?:[-–]|au|et)\s*\d{{1,2}})?[\s-]*{_MONTH}[\s-]*\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4})"
)
#: "Mis à jour le: 13 Oct. 2023 15:52", "9-15 mars 2005", "Bruxelles, le 4 avril 2019", "15/09/2004 - NATO".
DATE_LINE = re.compile(
    r"(?:(?:derni[èe]re\s+)?mise?s?\s+[àa]\s+jour|publi[ée]e?|date|updated|last updated)(?:\s+le)?\s*:?\s*"
    rf"{_DATE}(?:\s+\d{{1,2}}[:h]\d{{2}})?"
    r"(?:\s*[-–]?\s*[\w .]{1,20})?"
    rf"|(?:[A-ZÉ][\w’'-]+,\s+)?(?:le\s+)?{_DATE}(?:\s+(?:\d{{1,2}}[:h]\d{{2}}|[-–]\s*[\w .]{{1,20}}))?",
    re.IGNORECASE,
)
#: Telephone and mail labels: an address even when it stands alone.
CONTACT = re.compile(
    r"(?:t[ée]l(?:[ée]phone)?|fax|t[ée]l[ée]copie|courriel|e-?mail|m[ée]l|site(?: web)?|web|internet)\.?\s*:.*[\d@/].*",
    re.IGNORECASE,
)
#: A post box, a street with its number, a post code before a town; trusted only beside one another.
POSTAL = re.compile(
    r"(?i:B\.?P\.?|bo[iî]te postale)\s*\d+.*"
    r"|(?:\d{1,4}(?:\s?(?i:bis|ter))?,?\s+)?(?i:rue|avenue|av\.|boulevard|bd|place|chemin|quai|all[ée]e)\s.*"
    r"|\d{1,4}(?:\s?(?i:bis|ter))?,?\s+[A-Z]\w{4,}"
    r"|(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÉÈ][\w’'-]+(?:[ -][A-Zd(][\w’'-]*\)?){0,3}"
)
#: A field of the header that an e-mail is forwarded or answered with.
MAIL_FIELD = re.compile(
    r"(?:(?P<sender>de|from|expéditeur)|(?P<subject>objet|sujet|subject)"
    r"|à|a|to|destinataires?|cci?|bcc|envoy[ée](?: le)?|sent|date|pi[èe]ces? jointes?|importance)\s*:\s*(?=\S|$)",
    re.IGNORECASE,
)
#: Words that pages put around their text, whole lines only.
FURNITURE = re.compile(
    r"(?:header|footer|nouvelles|dossiers?|multim[ée]dia|historique|opinion|liens|archives|accueil|imprimer|"
    r"voir aussi|en savoir plus|(?:documents?|sites?) connexes?|sommaire|haut de (?:la )?page|"
    r"retour (?:à|au|en|vers)\b.{1,40}|(?:video|audio|high resolution|lire|t[ée]l[ée]charger)\b.*)",
    re.IGNORECASE,
)
#: How captions of pictures and maps begin, in French or left in English by the page's makers.
CAPTION = re.compile(
    r"(?i:photos?|l[ée]gende|cartes?|vues?|map|view|image|figure|cr[ée]dits?|©|\(?(?:de )?gauche à droite)\b.*"
    r"|(?:[A-ZÉ][\w’'-]+ ){2,3}(?:avec|et|with|and|à|lors|devant|au|en) .*"
)
SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]¹²³⁴-⁹\s]*$")
OPEN_END = re.compile(r"[:;,]\s*$")

#: Longer lines are paragraphs even without a full stop.
HEADING_CHARS, HEADING_WORDS = 160, 24


def is_title(text: str) -> bool:
    """A short line that no sentence's end closes and nothing announces."""
    return _is_short(text) and "\n" not in text and not SENTENCE_END.search(text) and not OPEN_END.search(text)


def is_question(text: str) -> bool:
    """A question that stands alone heads a section, unless it is quoted or several."""
    one = text.rstrip().endswith("?") and text.count("?") == 1
    return _is_short(text) and one and not re.search(r"[«“\"]|[.!…] ", text)


def _is_short(text: str) -> bool:
    return len(text) <= HEADING_CHARS and len(text.split()) <= HEADING_WORDS
