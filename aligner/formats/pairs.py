"""Reading pairs of texts from whatever bilingual file there is, one at a time."""

from __future__ import annotations

import csv
import json
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from aligner.decode import BYTE_ORDER_MARKS, read_text
from aligner.errors import FileError
from aligner.formats import moses, tmx, tsv, xliff
from aligner.formats.encoding import single_line
from aligner.formats.files import document_files
from aligner.formats.units import TextPair
from aligner.model import ReviewStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["TextPair", "read_pairs"]


def read_pairs(path: Path | str) -> Iterator[TextPair]:
    """Read a bilingual file, found by its suffix, or the JSON Lines of every document in an outputs folder.

    `.jsonl` is ours; `.tsv` is ours, has a header that names `source` and `target`, or has two bare columns, French
    first; of Moses' two files give either, `NAME.fr` or `NAME.en`; `.tmx`, `.xliff`, `.xlf`. Files are read as a
    stream, so an error may come after pairs.

    Raises FileError, which names the line, for a file that cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        return _folder(path)
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
            record = json.loads(line)
            if record["record"] == "document":
                document = str(record["name"])
                continue
            pair = TextPair(
                single_line(record["source"]),
                single_line(record["target"]),
                str(path),
                number,
                record["id"],
                document,
                float(record["score"]),
                ReviewStatus(record.get("status", ReviewStatus.DRAFT)),
                record.get("comment", ""),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problem = f"not a record of a bitext ({type(error).__name__}: {error})"
            raise FileError(problem, "translate the document again", path=path, line=number) from error
        yield pair


def _tsv(path: Path) -> Iterator[TextPair]:
    lines = _lines(path)
    first = next(lines, (1, ""))
    header = [cell.strip().strip('"').lower() for cell in first[1].split("\t")]
    if not {"source", "target"} <= set(header):
        yield from _bare_columns(first, lines, path)
        return
    # Ours, and no one else's, writes backslashes and apostrophes that are to be undone.
    text = tsv.text_of if tuple(header[: len(tsv.COLUMNS)]) == tsv.COLUMNS else single_line
    rows = csv.reader((f"{line}\n" for _, line in lines), dialect="excel-tab", strict=True)
    line = last = 1
    try:
        for cells in rows:
            line, last = last + 1, rows.line_num + 1
            if cells:
                yield _row(dict(zip(header, cells, strict=False)), text, path, line)
    except csv.Error as error:
        raise FileError(f"is not well-formed ({error})", "mend its quotes", path=path, line=last + 1) from error


def _row(cells: dict[str, str], text: Callable[[str], str], path: Path, line: int) -> TextPair:
    if "target" not in cells or "source" not in cells:
        raise FileError("has too few columns", "fill the row or delete it", path=path, line=line)
    try:
        score = float(cells["score"]) if cells.get("score") else None
    except ValueError as error:
        raise FileError(f"has the score {cells['score']!r}", "write a number", path=path, line=line) from error
    sides = text(cells["source"]), text(cells["target"])
    return TextPair(*sides, str(path), line, text(cells.get("id", "")), score=score)


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


READERS: Mapping[str, Callable[[Path], Iterator[TextPair]]] = {
    ".jsonl": _jsonl,
    ".tsv": _tsv,
    ".tmx": _xml(tmx.read_pairs),
    ".xliff": _xml(xliff.read_pairs),
    ".xlf": _xml(xliff.read_pairs),
    ".fr": _moses,
    ".en": _moses,
}
