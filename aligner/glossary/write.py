"""Terms to the bytes of a glossary file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.errors import GlossaryError
from aligner.glossary import csv_, rows, tbx
from aligner.inflect import target_for
from aligner.model import one_line
from aligner.workbook import write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aligner.model import Term

#: `pairs` is what online MT services take: a TSV of sources and targets without a header.
FORMATS = ("csv", "tsv", "pairs", "tbx", "xlsx")
#: Of the forms of a term, which come first in a workbook.
WIDTHS = (40,) * 4


def format_terms(terms: Sequence[Term], name: str) -> tuple[bytes, tuple[str, ...]]:
    """Write terms in a format of `FORMATS`; returns the file, and what of the terms it does not hold.

    Raises GlossaryError for a format that does not exist and for terms that it cannot hold, FileError for a text too
    long for a cell of a workbook.
    """
    if name == "pairs":
        return _pairs(terms)
    if name == "tbx":
        return tbx.format(terms), tuple(tbx.lost(terms))
    if name == "xlsx":
        return write_rows(rows.format(terms), title="Glossary", widths=WIDTHS), ()
    if name in {"csv", "tsv"}:
        # Without its mark, Excel takes UTF-8 for Windows-1252.
        return csv_.format(rows.format(terms), "\t" if name == "tsv" else ",").encode("utf-8-sig"), ()
    raise GlossaryError(f"there is no glossary format {name!r}", f"choose among {', '.join(FORMATS)}")


def _pairs(terms: Sequence[Term]) -> tuple[bytes, tuple[str, ...]]:
    """A row a source and variant, acronyms with an acronym if the entry has one.

    MT services take each source once, and no quotes or guards, so that a cell is a line's text.
    """
    targets: dict[str, str] = {}
    repeated = 0
    for term in terms:
        for form in (term.source, *term.source_variants):
            source = _bare(form)
            repeated += source in targets
            targets.setdefault(source, _bare(target_for(form, term.targets)))
    lines = "".join(f"{source}\t{target}\n" for source, target in targets.items())
    return lines.encode(), tuple(_lost(terms, repeated))


def _lost(terms: Sequence[Term], repeated: int) -> Iterator[str]:
    if repeated:
        yield f"sources a second time ({repeated})"
    for field in ("target_variants", "forbidden", "case_sensitive", "do_not_translate", "pos", "domain", "note"):
        count = sum(1 for term in terms if getattr(term, field))
        if count:
            yield f"{field} ({count})"


def _bare(form: str) -> str:
    return " ".join(one_line(form).split("\t"))
