"""The columns of a termbase in rows: which header cell names which field of a `Term`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from aligner.errors import GlossaryError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = (
    "source",
    "target",
    "source_variants",
    "target_variants",
    "case_sensitive",
    "pos",
    "forbidden",
    "domain",
    "note",
    "do_not_translate",
)
REQUIRED = COLUMNS[:2]
MAX_COLUMNS = 200

#: What else the columns are called in termbases, as `_plain` leaves it. Words that mean the same in both languages
#: name the same column, so that an entry such as "cible → target" is not taken for a header.
SYNONYMS: dict[str, str] = {
    "source": "source term|source fr|source french|source francais|source text|terme|term|terme source|terme francais"
    "|french term|fr|fr fr|fr be|fr ca|fr ch|fra|fre|french|francais|french france|french canada",
    "target": "target term|target en|target english|target anglais|target text|cible|terme cible|terme anglais"
    "|english term|traduction|translation|equivalent|en|en gb|en uk|en us|en ca|eng|english|anglais"
    "|english united kingdom|english united states|english gb|english uk|english us",
    "source_variants": "source synonyms|source variant|source synonym|synonymes|synonyms|variantes|variants"
    "|variantes source|synonymes source|french synonyms|synonymes francais",
    "target_variants": "target synonyms|target variant|target synonym|variantes cible|synonymes cible"
    "|english synonyms|synonymes anglais",
    "case_sensitive": "casesensitive|case|match case|casse|respecter la casse|sensible a la casse",
    "pos": "part of speech|partofspeech|word class|categorie grammaticale|partie du discours|nature",
    "forbidden": "forbidden target|forbidden targets|forbidden terms|do not use|interdit|interdits|proscrit|proscrits"
    "|a proscrire|termes interdits",
    "domain": "subject|subject field|subjectfield|subject area|domaine|theme",
    "note": "notes|comment|comments|remark|remarks|remarque|remarques|commentaire|commentaires",
    "do_not_translate": "dnt|donottranslate|untranslatable|non translatable|ne pas traduire|intraduisible",
}
_COLUMN_OF = {name: column for column in COLUMNS for name in (column.replace("_", " "), *SYNONYMS[column].split("|"))}
#: How much of a name must agree before it counts as a misspelling: "targt" and "soruce" do, "domain id" does not.
_ALMOST = 0.81
#: Longer cells are no names, and are not looked at.
_LONGEST = max(map(len, _COLUMN_OF)) + 3


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file from left to right, "" for one that is not read.

    `unknown` are the names that are not read; `misspelt` those that are nearly a column's, with that column.
    """

    columns: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    misspelt: tuple[tuple[str, str], ...] = ()


def read_header(cells: Sequence[str], path: Path, line: int) -> Header | None:
    """Read a file's first row as its header; None when two cells are an entry already.

    Raises GlossaryError for a row of another length that names no source or no target, for one whose names for them
    are misspelt, for two names of one of them, and for a name that stands twice.
    """
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:  # spreadsheets pad rows
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise GlossaryError(f"has more than {MAX_COLUMNS} columns", "delete the others", path=path, line=line)
    found = [_COLUMN_OF.get(_plain(name), "") for name in names]
    missing = [column for column in REQUIRED if column not in found]
    misspelt = _misspelt([name for name, column in zip(names, found, strict=True) if not column], set(found))
    if missing:
        meant = {column: name for name, column in misspelt}
        if all(column in meant for column in missing):
            problem = f"has a column {meant[missing[0]]!r} and no {missing[0]!r}"
            raise GlossaryError(problem, f"name it {missing[0]!r}", path=path, line=line)
        if len(names) == len(REQUIRED):
            return None
        raise GlossaryError("has no header", f"begin it with {','.join(REQUIRED)}", path=path, line=line)
    columns = _chosen(names, found, path, line)
    unknown = tuple(name for name, column in zip(names, columns, strict=True) if name and not column)
    return Header(columns, tuple(name for name in unknown if name not in dict(misspelt)), misspelt)


def _chosen(names: Sequence[str], found: Sequence[str], path: Path, line: int) -> tuple[str, ...]:
    """Choose between several names of one column: its own name, else the first; for source and target, refuse to."""
    places: dict[str, int] = {}
    for place, (name, column) in enumerate(zip(names, found, strict=True)):
        other = names[places[column]] if column in places else None
        if column and other is not None and (column in REQUIRED or _plain(name) == _plain(other)):
            # Among them "Terme" and "Source", where the one may be the term and the other who says so.
            problem = f"has two columns for the {column}, {other!r} and {name!r}"
            raise GlossaryError(problem, "delete or rename one", path=path, line=line)
        if other is None or _plain(name) == column.replace("_", " "):
            places[column] = place
    return tuple(column if places[column] == place else "" for place, column in enumerate(found))


def _misspelt(names: Sequence[str], present: set[str]) -> tuple[tuple[str, str], ...]:
    absent = [name for name, column in _COLUMN_OF.items() if column not in present and len(name) > len("pos")]
    close = ((name, get_close_matches(_plain(name), absent, 1, _ALMOST)) for name in names if len(name) <= _LONGEST)
    return tuple((name, _COLUMN_OF[like[0]]) for name, like in close if like)


def _plain(name: str) -> str:
    """A header cell in lower case, without accents and signs.

    >>> _plain("Catégorie_grammaticale"), _plain("Source (fr)")
    ('categorie grammaticale', 'source fr')
    """
    letters = "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", letters).strip().casefold()
