"""The files of a corpus, written pair by pair: a function a format, each file whole or not at all."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from importlib.util import find_spec
from io import TextIOWrapper
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from aligner.errors import AlignerError
from aligner.formats import moses, tmx
from aligner.formats.encoding import utf8, xml_attribute, xml_content
from aligner.formats.files import replacing
from aligner.formats.tsv import cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from aligner.formats.units import TextPair

    Write = Callable[[TextPair], object]

COLUMNS = ("document", "id", "source", "target", "score")
#: Pairs that are held until they are written to Parquet together, as one row group.
_ROW_GROUP = 50_000


def check_formats(names: Sequence[str]) -> tuple[str, ...]:
    """Return the formats, each once; raises AlignerError for none, an unknown one, or one that is not installed."""
    unknown = [name for name in names if name not in WRITERS]
    if unknown or not names:
        problem = f"there is no format {unknown[0]!r}" if unknown else "no format is named"
        raise AlignerError(problem, f"choose among {', '.join(WRITERS)}")
    if "parquet" in names and not has_parquet():
        raise AlignerError("Parquet needs pyarrow, which is not installed", "pip install 'aligner[parquet]'")
    return tuple(dict.fromkeys(names))


def has_parquet() -> bool:
    """Tell whether Parquet can be written."""
    return find_spec("pyarrow") is not None


def default_formats() -> tuple[str, ...]:
    """All formats that can be written here."""
    return tuple(name for name in WRITERS if name != "parquet" or has_parquet())


@contextmanager
def rejections(path: Path) -> Iterator[Callable[[TextPair, Sequence[str]], object]]:
    """Open the table of pairs that were left out, each with its reasons."""
    with _table(path, (*COLUMNS, "reasons")) as write:
        yield lambda pair, reasons: write((*_row(pair), " ".join(reasons)))


@contextmanager
def _moses(base: Path) -> Iterator[Write]:
    french, english = (base.with_name(f"{base.name}{suffix}") for suffix in moses.SUFFIXES)
    with replacing(french) as source, replacing(english) as target:

        def write(pair: TextPair) -> None:
            source.write(utf8(f"{pair.source}\n"))
            target.write(utf8(f"{pair.target}\n"))

        yield write


@contextmanager
def _tsv(base: Path) -> Iterator[Write]:
    with _table(base.with_name(f"{base.name}.tsv"), COLUMNS) as write:
        yield lambda pair: write(_row(pair))


@contextmanager
def _tmx(base: Path) -> Iterator[Write]:
    with replacing(base.with_name(f"{base.name}.tmx")) as file:
        file.write(tmx.head())
        yield lambda pair: _write_unit(file, pair)
        file.write(tmx.TAIL)


def _write_unit(file: BinaryIO, pair: TextPair) -> None:
    source, target = xml_content(pair.source), xml_content(pair.target)
    if not source.strip() or not target.strip():
        return  # TMX is for pairs; only where filters were turned off is there something else
    properties = {
        "document": pair.document,
        "score": "" if pair.score is None else repr(pair.score),
        "review": pair.status or "",
    }
    file.write(
        utf8(
            f'<tu tuid="{xml_attribute(pair.id)}">\n'
            + "".join(
                f'  <prop type="x-{name}">{xml_content(value)}</prop>\n' for name, value in properties.items() if value
            )
            + f'  <tuv xml:lang="fr"><seg>{source}</seg></tuv>\n'
            f'  <tuv xml:lang="en-GB"><seg>{target}</seg></tuv>\n</tu>\n'
        )
    )


@contextmanager
def _parquet(base: Path) -> Iterator[Write]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    schema = pa.schema([(name, pa.float64() if name == "score" else pa.string()) for name in COLUMNS])
    rows: list[dict[str, str | float | None]] = []
    with replacing(base.with_name(f"{base.name}.parquet")) as file, ParquetWriter(file, schema) as table:

        def flush() -> None:
            table.write_table(pa.Table.from_pylist(rows, schema))
            rows.clear()

        def write(pair: TextPair) -> None:
            texts = (pair.document, pair.id, pair.source, pair.target)
            values = (*(utf8(text).decode() for text in texts), pair.score)
            rows.append(dict(zip(COLUMNS, values, strict=True)))
            if len(rows) == _ROW_GROUP:
                flush()

        yield write
        flush()


@contextmanager
def _table(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Sequence[str | float]], object]]:
    with replacing(path) as file:
        text = TextIOWrapper(file, "utf-8-sig", errors="replace", newline="")
        try:
            rows = csv.writer(text, dialect="excel-tab", lineterminator="\n")
            rows.writerow(columns)
            yield rows.writerow
        finally:
            text.detach()  # what is left goes into the file, which `replacing` closes


def _row(pair: TextPair) -> tuple[str | float, ...]:
    texts = (pair.document, pair.id, pair.source, pair.target)
    return (*map(cell, texts), "" if pair.score is None else pair.score)


#: By format: the endings of its files, and what opens them, given a path without ending.
WRITERS: Mapping[str, tuple[tuple[str, ...], Callable[[Path], AbstractContextManager[Write]]]] = MappingProxyType(
    {
        "moses": (moses.SUFFIXES, _moses),
        "tsv": ((".tsv",), _tsv),
        "tmx": (tmx.SUFFIXES, _tmx),
        "parquet": ((".parquet",), _parquet),
    }
)
