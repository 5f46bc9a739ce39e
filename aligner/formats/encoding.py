"""From text to lines and bytes, alike in every format."""

from __future__ import annotations

import re
from html import escape

from aligner.model import one_line

_SURROGATE = re.compile("[\ud800-\udfff]")
# The complement of XML 1.0's Char production (section 2.2), but for surrogates, which become U+FFFD.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# What a line may not have, in any format: most texts have none of it.
_UNUSUAL = re.compile("[\x00-\x1f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def single_line(text: str) -> str:
    r"""Text without any line break, so that no reader, whichever breaks it knows, sees a second line.

    Breaks are all those of `str.splitlines` (also VT, FF, U+0085, U+2028 and U+2029); inner ones become one space.

    >>> single_line("l'Arménie,\u2028la Géorgie\n")
    "l'Arménie, la Géorgie"
    """
    # one_line leaves a lone break at the end where it is.
    return " ".join(one_line(text).splitlines()) if _UNUSUAL.search(text) else text


def xml_line(text: str) -> str:
    r"""What a format made of XML keeps of a text: one line, without the characters that XML 1.0 cannot hold.

    >>> xml_line("l'Arménie,\nla Géorgie\x00")
    "l'Arménie, la Géorgie"
    """
    if not _UNUSUAL.search(text):
        return text
    return _SURROGATE.sub("\ufffd", _NOT_IN_XML.sub("", single_line(text)))


def xml_content(text: str) -> str:
    """`xml_line`, escaped to stand between tags."""
    return escape(xml_line(text), quote=False)


def xml_attribute(text: str) -> str:
    """`xml_line`, escaped to stand between quotes; a parser would make a blank of a bare tab."""
    return escape(xml_line(text)).replace("\t", "&#9;")


def utf8(text: str) -> bytes:
    """UTF-8 in which lone surrogates, which it cannot hold, have become U+FFFD; offsets stay as they were."""
    return _SURROGATE.sub("\ufffd", text).encode()
