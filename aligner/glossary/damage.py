"""What files do to terms on their way: text decoded wrongly, and blanks that nobody sees."""

from __future__ import annotations

import re

#: What Windows-1252 makes of the bytes 80-BF, which follow the first one of a sign in UTF-8.
_FOLLOWING = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "\x81\x8d\x8f\x90\x9d"
#: The first byte of accented letters (C3), of « » and ° (C2), of œ (C5), and of typographic signs (E2 80), read as
#: Windows-1252, with what must follow; the no-break space of "à" is often made a plain one, or lost.
_TRACE = re.compile(rf"[ÃÂÅ][{_FOLLOWING}]|â€|Ã(?=\s|$)|\ufffd")
#: Signs without width, marks of direction, soft hyphens, and control characters but for blanks.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BLANKS = re.compile(r"[^\S\r\n]+")


def is_garbled(text: str) -> bool:
    """Tell text that was decoded wrongly.

    >>> is_garbled("sÃ©curitÃ©"), is_garbled("sécurité"), is_garbled("Åland")
    (True, False, False)
    """
    return not text.isascii() and _TRACE.search(text) is not None


def repaired(text: str) -> str | None:
    r"""What UTF-8 that was read as Windows-1252 said; None for text that was not, or not wholly.

    >>> repaired("lâ€™OTAN Ã\xa0 Å“uvrer"), repaired("sÃ©curité")
    ('l’OTAN à œuvrer', None)
    """
    if not is_garbled(text):
        return None
    try:
        return b"".join(_byte(char) for char in text).decode()
    except UnicodeError:
        return None


def _byte(char: str) -> bytes:
    # Five bytes have no character in Windows-1252; decoders let them through as control characters.
    return char.encode("latin-1" if "\x80" <= char <= "\x9f" else "cp1252")


def cleaned(text: str) -> str:
    r"""Text without invisible signs, with single plain spaces between its words; its lines stay apart.

    >>> cleaned(" mise\xa0en  œu\xadvre")
    'mise en œuvre'
    """
    return _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()
