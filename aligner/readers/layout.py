"""Tell layout from text where a text has markup: code, comments, rulers, tags and the like are nobody's sentences.

What is layout is blanked out, character by character, so that what is left is read as if it had no markup and every
offset stays as it was.
"""

from __future__ import annotations

import re

#: YAML between `---` or TOML between `+++`, at the very start: keys with values, comments, lists, indented values.
_FRONT_MATTER = re.compile(
    r"\A(?P<fence>---|\+\+\+)[ \t]*\n"
    r"(?=[\w-]+[ \t]*[:=])(?:(?:[\w-]+[ \t]*[:=].*|[ \t]+\S.*|-[ \t].*|#.*|\[.*|[ \t]*)\n)*"
    r"(?P=fence)[ \t]*$",
    re.MULTILINE,
)
#: A fence of code in Markdown. Longer rows of tildes are rulers.
_FENCE = re.compile(r"[ \t>]*(?P<fence>`{3,}|~~~(?!~))(?P<info>[^`]*)")
#: "[cadre]: https://example.org/cadre "Note de cadrage"", the target of a Markdown link; but "[1]: Idem." is a text.
_DEFINITION = re.compile(
    r"^[ \t>]{0,6}\[[^\]\[^\r\n][^\]\[\r\n]*\]:[ \t]*+(?:<[^<>\r\n]*>|(?=\S*(?:[/#]|\.[^\W\d]{2,}+(?!\.)))\S++)"
    r"(?:[ \t]+(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|\([^()\r\n]*\)))?[ \t]*$",
    re.MULTILINE,
)
#: A line under or between texts, the frame of a table, or the row that says how a table's columns are aligned.
_RULER = re.compile(
    r"^(?P<quote>[ \t]*+(?:>[ \t]?+)*)"
    r"(?P<ruler>(?:[-=_*~+#|│║┃─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬][ \t]*){3,}|--[ \t]*|(?=[ \t:-]*\|)(?:[-|+:][ \t]*){3,})$",
    re.MULTILINE,
)
#: The number of a page, between dashes or before a page break.
_PAGE = re.compile(r"^[ \t]*+(?:[-–—][ \t]?\d{1,4}[ \t]?[-–—][ \t]*$|\d{1,4}[ \t]*+(?=\s*\f))", re.MULTILINE)
#: Tags that begin or end a block, as opposed to those inside sentences.
_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|body|br|caption|center|col|colgroup|dd|details|div|dl|dt|figcaption|figure|"
    r"footer|form|h[1-6]|head|header|hr|html|img|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|"
    r"ul)(?:[ \t/][^<>]*)?/?>",
    re.IGNORECASE,
)
_NOT_BREAK = re.compile(r"[^\r\n\f\v\x1c-\x1e\x85\u2028\u2029]")


def text_only(text: str) -> str:
    r"""Blank out a text's layout; what is left stands where it was. Tags become tabs, since they part what they touch.

    >>> text_only("Titre\n=====\n<td>un</td>")
    'Titre\n     \n\t\t\t\tun\t\t\t\t\t'
    """
    text = _FRONT_MATTER.sub(_blank, text.replace("\r\n", " \n").replace("\r", "\n"))
    if "```" in text or "~~~" in text:
        text = _without_code(text)
    if "<" in text:
        text = _TAG.sub(lambda found: _NOT_BREAK.sub("\t", found[0]), _without_comments(text))
    if "]:" in text:
        text = _DEFINITION.sub(_blank, text)
    text = _PAGE.sub(_blank, text)
    return _RULER.sub(lambda found: found["quote"] + " " * len(found["ruler"]), text)


def _blank(found: re.Match[str]) -> str:
    return _NOT_BREAK.sub(" ", found[0])


def _without_comments(text: str) -> str:
    parts: list[str] = []
    end = 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start)) >= 0:
        parts += text[end:start], _NOT_BREAK.sub(" ", text[start : close + 3])
        end = close + 3
    return "".join((*parts, text[end:]))


def _without_code(text: str) -> str:
    """Blank out what stands between fences; a fence that nothing closes goes alone."""
    lines = text.splitlines(keepends=True)
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        found = _FENCE.fullmatch(line.rstrip())
        if found is None:
            continue
        if opened is None:
            opened = at, found["fence"]
            lines[at] = _NOT_BREAK.sub(" ", line)
        elif found["fence"].startswith(opened[1]) and not found["info"].strip():
            lines[opened[0] : at + 1] = [_NOT_BREAK.sub(" ", code) for code in lines[opened[0] : at + 1]]
            opened = None
    return "".join(lines)
