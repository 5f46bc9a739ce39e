"""TBX-Basic, the exchange format of termbases (ISO 30042).

Written as version 3 in DCA style. Read in both styles of version 3, and in version 2 (`martif`), which older tools
export. A concept is an entry: its French terms are the source and its variants, deprecated ones too since documents
have them; its English terms are the target, accepted targets, and, where deprecated or superseded, forbidden ones.

What TBX-Basic has no place for stands in notes of the concept, one a fact: `aligner:case_sensitive=true`,
`aligner:do_not_translate=true`, and `aligner:pos=…` for a part of speech that TBX-Basic does not know.
"""

from __future__ import annotations

import re
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from aligner.elements import read_elements
from aligner.errors import GlossaryError
from aligner.glossary.findings import Finding
from aligner.model import Severity, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from xml.etree.ElementTree import Element

PREFERRED, ADMITTED, DEPRECATED = "preferredTerm", "admittedTerm", "deprecatedTerm"
_STATUS_SUFFIX = "-admn-sts"
#: Statuses of terms to avoid: also an earlier one that another has replaced.
_AVOIDED = (DEPRECATED, "supersededTerm")
#: Languages by the codes that tools write: ISO 639-1, and both sorts of ISO 639-2.
_LANGUAGES = {"fr": "fr", "fra": "fr", "fre": "fr", "en": "en", "eng": "en"}

_ENTRIES = ("conceptEntry", "termEntry")
_SECTIONS = ("langSec", "langSet")
_TERMS = ("termSec", "tig", "ntig")
_OUR_NOTE = re.compile(r"aligner:(case_sensitive|do_not_translate|pos)=(.*)", re.DOTALL)

#: Our parts of speech as (partOfSpeech, termType) of TBX-Basic.
_POS = {
    "": ("", ""),
    "acronym": ("noun", "acronym"),
    "adjective": ("adjective", ""),
    "adverb": ("adverb", ""),
    "noun": ("noun", ""),
    "phrase": ("other", "phrase"),
    "proper-noun": ("noun", ""),
    "verb": ("verb", ""),
}
_OTHER = ("other", "")
#: Parts of speech that only version 2 has, and what we call them.
_POS_OF_V2 = {"properNoun": "proper-noun"}

# The complement of XML 1.0's Char production (section 2.2).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: A line break before an indent is layout; one without is the writer's.
_LAYOUT = re.compile(r"[ \t]*\n[ \t]+")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tbx type="TBX-Basic" style="dca" xml:lang="fr" xmlns="urn:iso:std:iso:30042:ed-2">
<tbxHeader><fileDesc><sourceDesc><p>French-English glossary, written by aligner</p></sourceDesc></fileDesc></tbxHeader>
<text>
<body>
"""
_TAIL = "</body>\n</text>\n</tbx>\n"


def parse(data: bytes, path: Path) -> tuple[tuple[Term, ...], tuple[Finding, ...]]:
    """Read a termbase's concepts as terms; those without a French or an English term are counted in a finding.

    Raises FileError for what is not well-formed or uses XML entities, GlossaryError for what has no concepts.
    """
    terms: list[Term] = []
    incomplete: list[int] = []
    for found in read_elements(BytesIO(data), path, whole=_ENTRIES):
        term = _term(found.element, f"{path.name}:{found.line}")
        if term is None:
            incomplete.append(found.line)
        else:
            terms.append(term)
    if not (terms or incomplete):
        raise GlossaryError("has no concepts", "export it as TBX-Basic", path=path)
    if not incomplete:
        return tuple(terms), ()
    message = (
        f"entries without a French or an English term are left out ({len(incomplete)}, of which this is the first)"
    )
    return tuple(terms), (Finding(f"{path.name}:{incomplete[0]}", "incomplete", Severity.WARNING, message),)


def format(terms: Sequence[Term]) -> bytes:
    """Write terms as concepts, in order; characters that XML cannot hold are dropped.

    Raises GlossaryError where there are no terms: TBX has no empty termbases.
    """
    if not terms:
        raise GlossaryError("has no entries, and TBX cannot be empty", "add an entry")
    entries = "".join(_entry(term, number) for number, term in enumerate(terms, 1))
    return f"{_HEAD}{entries}{_TAIL}".encode()


def _entry(term: Term, number: int) -> str:
    domain = f'  <descrip type="subjectField">{_content(term.domain)}</descrip>\n' if term.domain else ""
    notes = "".join(f"  <note>{_content(note)}</note>\n" for note in _notes(term))
    french = [(term.source, PREFERRED), *((form, ADMITTED) for form in term.source_variants)]
    english = [
        (term.target, PREFERRED),
        *((form, ADMITTED) for form in term.target_variants),
        *((form, DEPRECATED) for form in term.forbidden),
    ]
    languages = _section("fr", french, term.pos) + _section("en", english, term.pos)
    return f'<conceptEntry id="c{number}">\n{domain}{notes}{languages}</conceptEntry>\n'


def _section(language: str, forms: Sequence[tuple[str, str]], pos: str) -> str:
    part, kind = _POS.get(pos, _OTHER)
    described = "".join(
        f'<termNote type="{category}">{value}</termNote>'
        for category, value in (("partOfSpeech", part), ("termType", kind))
        if value
    )
    sections = "".join(
        f"    <termSec><term>{_content(form)}</term>{described if place == 0 else ''}"
        f'<termNote type="administrativeStatus">{status}{_STATUS_SUFFIX}</termNote></termSec>\n'
        for place, (form, status) in enumerate(forms)
    )
    return f'  <langSec xml:lang="{language}">\n{sections}  </langSec>\n'


def _notes(term: Term) -> Iterator[str]:
    if term.note:
        yield term.note
    if term.case_sensitive:
        yield "aligner:case_sensitive=true"
    if term.do_not_translate:
        yield "aligner:do_not_translate=true"
    if _pos(*_POS.get(term.pos, _OTHER)) != term.pos:
        yield f"aligner:pos={term.pos}"


def _term(entry: Element, origin: str) -> Term | None:
    forms: dict[str, list[tuple[str, str]]] = {"fr": [], "en": []}
    described: list[tuple[str, str]] = []
    for section in _children(entry, *_SECTIONS):
        code = section.get("lang", "").lower().replace("_", "-")
        language = _LANGUAGES.get(code.partition("-")[0])
        if language:
            found = [_form(one) for one in _children(section, *_TERMS)]
            # British English is what is written, so that its terms come before those of other regions.
            place = 0 if code == "en-gb" else len(forms[language])
            forms[language][place:place] = [(text, status) for text, status, _, _ in found if text]
            if language == "fr":
                described += [(part, kind) for _, _, part, kind in found if part or kind]
    french, avoided_french = _sorted(forms["fr"])
    english, avoided = _sorted(forms["en"])
    if not (french or avoided_french) or not english:
        return None
    notes, ours = _read_notes(entry)
    source, *variants = (*french, *avoided_french)
    return Term(
        source=source,
        target=english[0],
        source_variants=tuple(variants),
        target_variants=tuple(english[1:]),
        case_sensitive=ours.get("case_sensitive") == "true",
        pos=ours.get("pos", _pos(*described[0]) if described else ""),
        forbidden=tuple(avoided),
        domain=_values(entry).get("subjectField", ""),
        note="\n".join(notes),
        origin=origin,
        do_not_translate=ours.get("do_not_translate") == "true",
    )


def _children(element: Element, *names: str) -> list[Element]:
    return [child for child in element if child.tag in names]


def _form(section: Element) -> tuple[str, str, str, str]:
    """A term with its status, part of speech and type."""
    text = next(("".join(one.itertext()) for one in section.iter("term")), "")
    values = _values(section)
    status = values.get("administrativeStatus", "").removesuffix(_STATUS_SUFFIX)
    return _text(text), status, values.get("partOfSpeech", ""), values.get("termType", "")


def _values(section: Element) -> dict[str, str]:
    """Data categories of a section, but not of its languages: by `type` in DCA style, by tag in DCT style."""
    inner = [one for child in section if child.tag not in _SECTIONS for one in child.iter()]
    return {one.get("type") or one.tag: _text(one.text or "") for one in reversed(inner)}


def _sorted(forms: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The terms to use, the preferred one first, and those to avoid."""
    used = [(text, status) for text, status in forms if status not in _AVOIDED]
    used.sort(key=lambda form: form[1] != PREFERRED)
    return [text for text, _ in used], [text for text, status in forms if status in _AVOIDED]


def _read_notes(entry: Element) -> tuple[list[str], dict[str, str]]:
    notes, ours = [], {}
    for note in entry.findall("note"):
        text = _text("".join(note.itertext()))
        if found := _OUR_NOTE.fullmatch(text):
            ours[found[1]] = found[2]
        elif text:
            notes.append(text)
    return notes, ours


def _pos(part: str, kind: str) -> str:
    """Our part of speech for TBX-Basic's part of speech and type of term.

    >>> _pos("noun", "acronym"), _pos("noun", "fullForm"), _pos("properNoun", "")
    ('acronym', 'noun', 'proper-noun')
    """
    return kind if kind in {"acronym", "phrase"} else _POS_OF_V2.get(part, part)


def _text(text: str) -> str:
    return (_LAYOUT.sub(" ", text) if "\n" in text else text).strip()


def _content(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), quote=False).replace("\r", "&#13;")
