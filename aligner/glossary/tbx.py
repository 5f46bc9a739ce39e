"""TBX-Basic, the exchange format of termbases (ISO 30042).

Written as version 3 in DCA style. Read in both styles of version 3, and in version 2 (`martif`), which older tools
export. A concept is an entry: its French terms are the source and its variants, deprecated ones too since documents
have them; its English terms are the target, accepted targets, and, where deprecated or superseded, forbidden ones.

What TBX-Basic has no place for stands in notes of the concept, one a fact: `aligner:case_sensitive=true`,
`aligner:do_not_translate=true`, and `aligner:pos=…` for a part of speech that TBX-Basic does not know.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import normalize

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

#: What only holds something else, marks up a text, or is read.
_KNOWN = frozenset(
    "term hi foreign note subjectField partOfSpeech termType administrativeStatus descripGrp adminGrp transacGrp "
    "termNoteGrp termGrp".split()
).union(_ENTRIES, _SECTIONS, _TERMS)

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
    """Read a termbase's concepts as terms; what is left out of them, and concepts left out, are counted in findings.

    Raises FileError for what is not well-formed or uses XML entities, GlossaryError for what has no concepts, or none
    with a French and an English term.
    """
    terms: list[Term] = []
    incomplete: list[int] = []
    codes: Counter[str] = Counter()
    ignored: Counter[str] = Counter()
    for found in read_elements(BytesIO(data), path, whole=_ENTRIES):
        codes.update({_code(section) for section in _children(found.element, *_SECTIONS)})
        term = _term(found.element, f"{path.name}:{found.line}")
        if term is None:
            incomplete.append(found.line)
        else:
            terms.append(term)
            ignored.update(_ignored(found.element))
    if not (terms or incomplete):
        raise GlossaryError("has no concepts", "export it as TBX-Basic", path=path)
    if not terms:
        raise GlossaryError(_why_none(codes), "export it with French and English", path=path)
    return tuple(terms), tuple(_about(incomplete, ignored, path))


def format(terms: Sequence[Term]) -> bytes:
    """Write terms as concepts, in order; characters that XML cannot hold are dropped.

    Raises GlossaryError where there are no terms: TBX has no empty termbases.
    """
    if not terms:
        raise GlossaryError("has no entries, and TBX cannot be empty", "add an entry")
    entries = "".join(_entry(term, number) for number, term in enumerate(terms, 1))
    return f"{_HEAD}{entries}{_TAIL}".encode()


def lost(terms: Sequence[Term]) -> Iterator[str]:
    """What of terms `parse` does not read back as it was, each with the number of terms."""
    counts = {
        "control characters": sum(1 for term in terms if any(map(_ILLEGAL.search, _texts(term)))),
        "indents of lines": sum(1 for term in terms if any(map(_LAYOUT.search, _texts(term)))),
        "notes that look like ours": sum(1 for term in terms if _OUR_NOTE.fullmatch(term.note)),
    }
    yield from (f"{what} ({count})" for what, count in counts.items() if count)


def _texts(term: Term) -> Iterator[str]:
    yield from (*term.targets, *term.forbidden, term.source, *term.source_variants, term.pos, term.domain, term.note)


def _why_none(codes: Counter[str]) -> str:
    here = {_LANGUAGES.get(code.partition("-")[0]) for code in codes}
    missing = [name for name, language in (("French", "fr"), ("English", "en")) if language not in here]
    if not missing:
        return "has no entry with both a French and an English term"
    return f"has no {' or '.join(missing)} terms (its languages are {', '.join(sorted(codes)) or 'not given'})"


def _about(incomplete: Sequence[int], ignored: Counter[str], path: Path) -> Iterator[Finding]:
    if ignored:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(ignored.items()))
        yield Finding(f"{path.name}:1", "not-read", Severity.INFO, f"what entries have besides is not read: {kinds}")
    if incomplete:
        more = f" (and {len(incomplete) - 1} more like it)" if len(incomplete) > 1 else ""
        message = f"an entry without a French or an English term is left out{more}"
        yield Finding(f"{path.name}:{incomplete[0]}", "incomplete", Severity.WARNING, message)


def _ignored(entry: Element) -> set[str]:
    """What an entry has that is no part of a `Term`: other languages, and data categories."""
    codes = (_code(section) for section in _children(entry, *_SECTIONS))
    languages = {f"terms in {code or 'no language'}" for code in codes if code.partition("-")[0] not in _LANGUAGES}
    kinds = {one.get("type") or one.tag for one in entry.iter()} - _KNOWN
    if len(entry.findall("note")) < len(entry.findall(".//note")):
        kinds.add("note")  # of a language or a term
    return languages | kinds


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
        code = _code(section)
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


def _code(section: Element) -> str:
    return section.get("lang", "").lower().replace("_", "-")


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
    return normalize("NFC", _LAYOUT.sub(" ", text) if "\n" in text else text).strip()


def _content(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), quote=False).replace("\r", "&#13;")
