"""From text to lines and bytes, alike in every format."""

from __future__ import annotations

import re

from aligner.model import one_line

_SURROGATE = re.compile("[\ud800-\udfff]")


def single_line(text: str) -> str:
    r"""Text without any line break, so that no reader, whichever breaks it knows, sees a second line.

    Breaks are all those of `str.splitlines` (also VT, FF, U+0085, U+2028 and U+2029); inner ones become one space.

    >>> single_line("l'Arménie,\u2028la Géorgie\n")
    "l'Arménie, la Géorgie"
    """
    # one_line leaves a lone break at the end where it is.
    return " ".join(one_line(text).splitlines())


def utf8(text: str) -> bytes:
    """UTF-8 in which lone surrogates, which it cannot hold, have become U+FFFD; offsets stay as they were."""
    return _SURROGATE.sub("\ufffd", text).encode()
