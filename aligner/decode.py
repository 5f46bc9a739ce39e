"""Files to text, with the name of the encoding; what is not text is refused."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from unicodedata import normalize

from aligner.errors import FileError

#: The path that stands for standard input.
STDIN = "-"

#: Byte order marks. The UTF-32 ones stand first because UTF-16's little-endian mark is a prefix of UTF-32's.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

#: First bytes of formats that people rename to .txt, with the name that the message gives them.
SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (a .docx, .xlsx or .odt file is one)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
)

#: The eight-bit encodings in which French is met. Windows-1252 and Latin-1 differ only in 0x80-0x9F, where Latin-1
#: has control characters that no text uses, so a file with printable characters there is Windows-1252.
EIGHT_BIT = ("cp1252", "latin_1", "iso8859_15", "mac_roman", "cp850")
C1_CONTROLS = frozenset(range(0x80, 0xA0))
#: What French text has besides ASCII. A file that is nothing else when read as Windows-1252 needs no guess, and short
#: ones would be guessed wrong.
FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»“”‘’–—…•€°²³¹·§\xa0\xad")
#: Control characters that occur in no text: not the tab, the breaks of lines and pages, nor the escape and substitute
#: characters that old editors left at the end.
BINARY_CONTROLS = tuple(char for char in map(chr, range(32)) if char not in "\t\n\v\f\r\x1a\x1b")


def read_text(path: Path | str) -> tuple[str, str]:
    """Read a file, or standard input for `-`, as (text, encoding name), without a byte order mark.

    Raises FileError for what cannot be opened, is empty or binary, or is in no encoding that French is written in.
    """
    return decode(read_bytes(path), path)


def read_bytes(path: Path | str) -> bytes:
    """Read a file, or standard input for `-`, as it is. Raises FileError for what cannot be opened."""
    path = Path(path)
    if str(path) == STDIN:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileError("does not exist", "check the path", path=path) from error
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise FileError(f"cannot be read ({reason})", "check the path and its permissions", path=path) from error


def decode(data: bytes, path: Path | str) -> tuple[str, str]:
    """Decode a file's bytes; `path` is for messages. Returns and raises what `read_text` does.

    An accent that is a sign of its own, as macOS and PDF files have it, becomes part of its letter.
    """
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise FileError(f"is {what}, not text", "save it as plain text (UTF-8)", path=path)
    text, encoding = _decode(data, path)
    if not text.strip():
        raise FileError("is empty", "remove it or give it text", path=path)
    controls = sum(map(text.count, BINARY_CONTROLS))
    if "\0" in text or controls > len(text) / 200:
        raise FileError("is binary, not text", "save it as plain text (UTF-8)", path=path)
    return normalize("NFC", text), encoding


def _decode(data: bytes, path: Path | str) -> tuple[str, str]:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                remedy = "save it as UTF-8"
                raise FileError(f"is damaged {encoding}", remedy, path=path, line=line) from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_eight_bit(data, path)


def _decode_eight_bit(data: bytes, path: Path | str) -> tuple[str, str]:
    if b"\0" in data:
        raise FileError("is binary, not text", "save it as plain text (UTF-8)", path=path)
    western = "latin_1" if C1_CONTROLS.isdisjoint(data) else "cp1252"
    try:
        text = data.decode(western)
    except UnicodeDecodeError:
        text = "\ufffd"
    if all(char.isascii() or char in FRENCH for char in set(text)):
        return text, western.replace("_", "-")
    from charset_normalizer import from_bytes  # noqa: PLC0415 (most files never need it)

    guess = from_bytes(data, cp_isolation=list(EIGHT_BIT)).best()
    if guess is None:
        raise FileError("is in no encoding that French is written in", "save it as UTF-8", path=path)
    encoding = western if guess.encoding in {"latin_1", "cp1252"} else guess.encoding
    return data.decode(encoding), encoding.replace("_", "-")
