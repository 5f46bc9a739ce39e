"""Reading XML that may be hostile, element by element, in memory that does not grow with the file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from aligner.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

#: For `bare`: the names of all namespaces.
ALL_NAMESPACES = ("",)
#: Far deeper than any file that we read, and far less than what would exhaust the stack.
MAX_DEPTH = 100
_CHUNK = 1 << 16
_BROKEN, _MEND = "is not well-formed XML ({})", "mend it or export it again"


@dataclass(frozen=True, slots=True)
class Found:
    """An element and the line that its start tag stands on."""

    element: Element
    line: int


def read_elements(
    file: BinaryIO,
    path: Path | str | None,
    *,
    whole: Collection[str],
    opened: Collection[str] = (),
    bare: tuple[str, ...] = ALL_NAMESPACES,
) -> Iterator[Found]:
    """Yield the elements named in `whole` as they end, with all they contain, and in `opened` as they begin, empty.

    Names of no namespace, and of those that begin with one of `bare`, are given alone; others, also of attributes, as
    `{namespace}name`. A DOCTYPE is skipped; nothing that it names is loaded. Raises FileError, which names the line,
    for what is not well-formed, uses entities or is nested beyond reason.
    """
    reader = _Reader(path, frozenset(whole), frozenset(opened), bare)
    while chunk := file.read(_CHUNK):
        yield from reader.feed(chunk)
    yield from reader.feed(b"", last=True)


class _Reader:
    """Expat, asked to build trees for some elements and to forget the others."""

    def __init__(
        self, path: Path | str | None, whole: frozenset[str], opened: frozenset[str], bare: tuple[str, ...]
    ) -> None:
        self._path, self._whole, self._opened, self._bare = path, whole, opened, bare
        self._depth = 0
        self._found: list[Found] = []
        self._builder: TreeBuilder | None = None
        self._root: tuple[int, int] = (0, 0)
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.EntityDeclHandler = self._refuse_entity
        self._parser.SkippedEntityHandler = self._refuse_entity

    def feed(self, chunk: bytes, *, last: bool = False) -> list[Found]:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            self._fail(_BROKEN.format(expat.ErrorString(error.code)), _MEND, error.lineno)
        except (LookupError, ValueError) as error:  # for an encoding that expat cannot read
            self._fail(_BROKEN.format(error), _MEND)
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._fail(f"has elements nested deeper than {MAX_DEPTH}", "export it again")
        name = _name(name, self._bare)
        if self._builder is None and name in self._whole:
            self._builder, self._root = TreeBuilder(), (self._depth, self._parser.CurrentLineNumber)
        if self._builder is not None:
            self._builder.start(name, self._attributes(attributes))
        elif name in self._opened:
            self._found.append(Found(Element(name, self._attributes(attributes)), self._parser.CurrentLineNumber))

    def _attributes(self, attributes: dict[str, str]) -> dict[str, str]:
        return {_name(key, self._bare): value for key, value in attributes.items()}

    def _end(self, name: str) -> None:
        if self._builder is not None:
            self._builder.end(_name(name, self._bare))
            depth, line = self._root
            if self._depth == depth:
                self._found.append(Found(self._builder.close(), line))
                self._builder = None
        self._depth -= 1

    def _data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def _refuse_entity(self, name: str, *_: object) -> None:
        self._fail(f"uses the entity {name!r}", "export it without entities")

    def _fail(self, problem: str, remedy: str, line: int | None = None) -> NoReturn:
        raise FileError(problem, remedy, path=self._path, line=line or self._parser.CurrentLineNumber)


@lru_cache(maxsize=1024)
def _name(name: str, bare: tuple[str, ...]) -> str:
    namespace, brace, local = name.rpartition("}")
    return local if not brace or namespace.startswith(bare) else f"{{{namespace}}}{local}"
