"""Reading pairs of texts from whatever bilingual file there is, one at a time."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from aligner.decode import BYTE_ORDER_MARKS, read_text
from aligner.errors import FileError
from aligner.formats import moses, tmx, tsv, xliff, xlsx
from aligner.formats.encoding import single_line
from aligner.formats.files import document_files
from aligner.formats.units import TextPair, score_of
from aligner.model import ReviewStatus
from aligner.records import RecordError, parse, read_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["TextPair", "read_pairs"]


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is read of a pair's record."""

    id: str
    source: str
    target: str
    score: float
    status: ReviewStatus = ReviewStatus.DRAFT
    comment: str = ""


def read_pairs(path: Path | str) -> Iterator[TextPair]:
    """Read a bilingual file, found by its suffix, or the JSON Lines of every document in an outputs folder.

    `.jsonl` is ours; `.tsv` is ours, has a header that names `source` and `target`, or has two bare columns, French
    first; of Moses' two files give either, `NAME.fr` or `NAME.en`; `.tmx`, `.xliff`, `.xlf`; `.xlsx` has those columns
    too. Files are read as a stream, so an error may come after pairs.

    Raises FileError, which names the line, for a file that cannot be read, and for one without any pair.
    """
    path = Path(path)
    found = False
    for pair in _folder(path) if path.is_dir() else _file(path):
        found = True
        yield pair
    if not found:
        raise FileError("has no pairs of texts", "check that it is the file you mean", path=path)


def _file(path: Path) -> Iterator[TextPair]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        remedy = f"give one that ends in {', '.join(READERS)}, or an outputs folder"
        raise FileError("is no bilingual file", remedy, path=path)
    return reader(path)


def _folder(folder: Path) -> Iterator[TextPair]:
    paths = document_files(folder)
    if not paths:
        raise FileError("has no .jsonl files", "name a folder that aligner translate wrote", path=folder)
    for path in paths:
        yield from _jsonl(path)


def _jsonl(path: Path) -> Iterator[TextPair]:
    document = ""
    for number, line in _lines(path):
        try:
            record = parse(line.encode())
            if isinstance(record, dict) and record.get("record") == "document":
                document = str(record.get("name"))
                continue
            one = read_as(_Sides, record)
        except RecordError as error:
            problem = f"is no record of a bitext: {error}"
            raise FileError(problem, "translate the document again", path=path, line=number) from error
        sides = single_line(one.source), single_line(one.target)
        yield TextPair(*sides, str(path), number, one.id, document, one.score, one.status, one.comment)


def _tsv(path: Path) -> Iterator[TextPair]:
    lines = _lines(path)
    first = next(lines, (1, ""))
    header = [cell.strip().strip('"').lower() for cell in first[1].split("\t")]
    if not {"source", "target"} <= set(header):
        yield from _bare_columns(first, lines, path)
        return
    # Ours, and no one else's, writes backslashes and apostrophes that are to be undone.
    text = tsv.text_of if any(tuple(header[: len(ours)]) == ours for ours in tsv.HEADERS) else single_line
    rows = csv.reader((f"{line}\n" for _, line in lines), dialect="excel-tab", strict=True)
    line = last = 1
    try:
        for cells in rows:
            line, last = last + 1, rows.line_num + 1
            if cells:
                yield _row(dict(zip(header, cells, strict=False)), text, path, line)
    except csv.Error as error:
        raise _broken(error, path, last + 1) from error


def _broken(error: csv.Error, path: Path, line: int) -> FileError:
    if "limit" in str(error):
        problem = f"has a cell of more than {csv.field_size_limit():,} characters"
        return FileError(problem, "part it, or mend its quotes", path=path, line=line)
    what = "is not closed" if "end of data" in str(error) else "closes before its cell ends"
    return FileError(f"has a quote that {what}", "close it, or double each quote in a cell", path=path, line=line)


def _row(cells: dict[str, str], text: Callable[[str], str], path: Path, line: int) -> TextPair:
    if "target" not in cells or "source" not in cells:
        raise FileError("has too few columns", "fill the row or delete it", path=path, line=line)
    score = score_of("score", cells.get("score") or None, path, line)
    source, target, identity, document = (text(cells.get(name, "")) for name in ("source", "target", "id", "document"))
    return TextPair(source, target, str(path), line, identity, document, score)


def _bare_columns(first: tuple[int, str], others: Iterator[tuple[int, str]], path: Path) -> Iterator[TextPair]:
    for number, line in chain((first,), others):
        cells = line.split("\t")
        if len(cells) == 2:
            yield TextPair(single_line(cells[0]), single_line(cells[1]), str(path), number)
        elif line.strip():
            problem = f"has {len(cells)} columns where a French and an English one were expected"
            remedy = "begin the file with a header that names source and target"
            raise FileError(problem, remedy, path=path, line=number)


def _moses(path: Path) -> Iterator[TextPair]:
    french, english = (path.with_suffix(suffix) for suffix in moses.SUFFIXES)
    for number, (source, target) in enumerate(zip_longest(_lines(french), _lines(english)), 1):
        if source is None or target is None:
            shorter = french if source is None else english
            raise FileError(f"has no line {number}", "give both sides as many lines", path=shorter)
        yield TextPair(single_line(source[1]), single_line(target[1]), str(french), number)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Read a file's numbered lines, which end in LF or CRLF and nothing else."""
    with _open(path) as file:
        start = file.read(4)
        if any(start.startswith(mark) for mark, encoding in BYTE_ORDER_MARKS if encoding != "utf-8-sig"):
            yield from enumerate(read_text(path)[0].replace("\r\n", "\n").removesuffix("\n").split("\n"), 1)
            return
        file.seek(0)
        for number, line in enumerate(file, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise FileError("is not UTF-8", "save it as UTF-8", path=path, line=number) from error
            yield number, text.removesuffix("\n").removesuffix("\r")


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise FileError("does not exist", "check the path", path=path) from error
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise FileError(f"cannot be read ({reason})", "check the path and its permissions", path=path) from error


def _xml(read: Callable[[BinaryIO, Path], Iterator[TextPair]]) -> Callable[[Path], Iterator[TextPair]]:
    def pairs(path: Path) -> Iterator[TextPair]:
        with _open(path) as file:
            yield from read(file, path)

    return pairs


def _workbook(path: Path) -> Iterator[TextPair]:
    with _open(path) as file:
        data = file.read()
    return xlsx.read_pairs(data, path)


READERS: Mapping[str, Callable[[Path], Iterator[TextPair]]] = {
    ".jsonl": _jsonl,
    ".tsv": _tsv,
    ".tmx": _xml(tmx.read_pairs),
    ".xliff": _xml(xliff.read_pairs),
    ".xlf": _xml(xliff.read_pairs),
    ".xlsx": _workbook,
    ".fr": _moses,
    ".en": _moses,
}
