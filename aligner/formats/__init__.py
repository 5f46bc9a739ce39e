"""Bilingual files: each module writes one format, purely, from a bitext to bytes; some read edits or pairs back."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.errors import AlignerError
from aligner.formats import jsonl, moses, text, tmx, tsv, xliff, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from aligner.model import Bitext, Edit


@dataclass(frozen=True, slots=True)
class Format:
    """An output format. `write` gives one file's bytes for each of `suffixes`, in their order.

    Where a reviser's edits come back in it, `read_edits` reads them from a file's bytes; the path is for messages.
    What is no `default` is written only where it is asked for.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Bitext], dict[str, bytes]]
    read_edits: Callable[[bytes, Path | str], tuple[Edit, ...]] | None = None
    default: bool = True


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "moses": Format("moses", moses.SUFFIXES, moses.write),
        "tsv": Format("tsv", tsv.SUFFIXES, tsv.write),
        "jsonl": Format("jsonl", jsonl.SUFFIXES, jsonl.write),
        "tmx": Format("tmx", tmx.SUFFIXES, tmx.write, tmx.read_edits),
        "text": Format("text", text.SUFFIXES, text.write),
        "xliff": Format("xliff", xliff.SUFFIXES, xliff.write, xliff.read_edits),
        "xlsx": Format("xlsx", xlsx.SUFFIXES, xlsx.write, xlsx.read_edits, default=False),
    }
)


def find_format(name: str, formats: Mapping[str, Format] = FORMATS) -> Format:
    """Look up a format; raises AlignerError, listing the names there are, for an unknown one."""
    try:
        return formats[name]
    except KeyError:
        raise AlignerError(f"there is no format {name!r}", f"choose among {', '.join(formats)}") from None
