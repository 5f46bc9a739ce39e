"""Plain text and Markdown files to `Document`s."""

from __future__ import annotations

from pathlib import Path

from aligner.decode import STDIN, read_text
from aligner.errors import FileError
from aligner.model import Document
from aligner.readers.blocks import find_blocks
from aligner.readers.mending import mended
from aligner.readers.pages import with_whole_paragraphs

#: Endings that are read. Markdown is read as any text is, since texts have its marks too; those inside a sentence are
#: inline tags, see `aligner.inline_tags`.
SUFFIXES = (".txt", ".text", ".md", ".markdown")


def read_document(path: Path | str, name: str | None = None) -> Document:
    """Read a file as a `Document`; `name` defaults to the file's name without its ending.

    Raises FileError when the file cannot be read, is empty or binary, or is of a kind that has no reader.
    """
    path = Path(path)
    if str(path) != STDIN and path.is_file() and path.suffix.lower() not in SUFFIXES:
        problem = f"has an ending that no reader takes ({', '.join(SUFFIXES)} are read)"
        raise FileError(problem, "save it as plain text", path=path)
    text, encoding = read_text(path)
    return document_from_text(text, name or path.stem, encoding)


def document_from_text(text: str, name: str, encoding: str = "utf-8") -> Document:
    """Make a `Document` of a decoded text; what page breaks, wrapping and quoting broke is whole in it."""
    text = with_whole_paragraphs(text)
    return Document(name, *mended(text, find_blocks(text)), encoding)


def read_lines(path: Path | str) -> tuple[str, ...]:
    """Read a line-aligned file: every line is a segment, blank ones too."""
    text, _ = read_text(path)
    return tuple(text.replace("\r\n", "\n").removesuffix("\n").split("\n"))
