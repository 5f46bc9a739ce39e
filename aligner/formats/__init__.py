"""Bilingual files: each module writes one format, purely, from a bitext to bytes."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.errors import AlignerError
from aligner.formats import jsonl, moses, text, tmx, tsv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aligner.model import Bitext


@dataclass(frozen=True, slots=True)
class Format:
    """An output format. `write` gives one file's bytes for each of `suffixes`, in their order."""

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Bitext], dict[str, bytes]]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "moses": Format("moses", moses.SUFFIXES, moses.write),
        "tsv": Format("tsv", tsv.SUFFIXES, tsv.write),
        "jsonl": Format("jsonl", jsonl.SUFFIXES, jsonl.write),
        "tmx": Format("tmx", tmx.SUFFIXES, tmx.write),
        "text": Format("text", text.SUFFIXES, text.write),
    }
)


def find_format(name: str, formats: Mapping[str, Format] = FORMATS) -> Format:
    """Look up a format; raises AlignerError, listing the names there are, for an unknown one."""
    try:
        return formats[name]
    except KeyError:
        raise AlignerError(f"there is no format {name!r}", f"choose among {', '.join(formats)}") from None
