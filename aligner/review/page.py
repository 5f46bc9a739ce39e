"""What all pages share: the templates, the inlined style and script, and the policy that lets only those run."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from jinja2 import Environment

    from aligner.model import Score

_ROOM = Path(__file__).parent


#: The files of each page's script and style, in the order in which they need each other.
SCRIPTS = {
    "index": ("dom", "index"),
    "review": (
        "dom", "search", "diff", "checks", "state", "storage", "list", "row", "tips", "edit", "filters", "export",
        "sync", "main",
    ),
}  # fmt: skip
STYLES = {"index": ("page", "index"), "review": ("page", "review")}


def render(name: str, *, connects: bool = False, data: str = "", **context: object) -> str:
    """Fill a template; every value is escaped, and a name that the context lacks raises jinja2's UndefinedError.

    `data` is JSON that is safe in a script element. `connects` lets the script reach where the page came from.
    """
    from markupsafe import Markup  # noqa: PLC0415 - with jinja2, only when a page is written

    style = "\n".join(asset(f"{part}.css") for part in STYLES[name])
    script = "\n".join(asset(f"js/{part}.js") for part in SCRIPTS[name])
    page = _environment().get_template(f"{name}.html")
    return page.render(
        style=Markup(style),
        script=Markup(script),
        data=Markup(data),
        policy=policy(style, script, connects=connects),
        **context,
    )


@cache
def asset(name: str) -> str:
    """Read a file that is inlined in every page. Line ends are LF, as the browser sees them when it hashes."""
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def policy(style: str, script: str, *, connects: bool = False) -> str:
    """Content-Security-Policy: nothing is fetched, and no style or script runs but these two, known by their hash.

    Trusted Types are required and none is allowed, so that the script cannot turn text into HTML either.
    """
    connect = "connect-src 'self'; " if connects else ""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; {connect}"
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def href(path: str) -> str:
    """Write a relative path as a link: percent-encoded, and never a scheme or a host.

    >>> href("javascript:alert(1)/Été & co.html")
    './javascript%3Aalert%281%29/%C3%89t%C3%A9%20%26%20co.html'
    """
    return "./" + quote(path, safe="/")


def number(score: Score) -> str:
    """Write a score's value with one decimal.

    >>> from aligner.model import Score
    >>> number(Score("BLEU", 31.264, "nrefs:1"))
    '31.3'
    """
    return f"{score.value:.1f}"


def interval(score: Score) -> str:
    """Write a score's 95% interval; empty when it has none.

    >>> from aligner.model import Score
    >>> interval(Score("BLEU", 31.26, "nrefs:1", 28.1, 34.5))
    '28.1–34.5'
    """
    return "" if score.low is None or score.high is None else f"{score.low:.1f}–{score.high:.1f}"


def difference(score: Score, baseline: Score) -> str:
    """Write how far a score lies above its baseline, signed, from the values as they are shown.

    >>> from aligner.model import Score
    >>> difference(Score("TER", 51.2, ""), Score("TER", 53.0, ""))
    '−1.8'
    """
    gap = round(round(score.value, 1) - round(baseline.value, 1), 1)
    return "0.0" if gap == 0 else f"{gap:+.1f}".replace("-", "−")


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun.

    >>> plural(1, "segment"), plural(2048, "segment")
    ('1 segment', '2,048 segments')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _compact(source: str) -> str:
    """Join the lines of a template's source, but at rows: blanks between tags would double a page's nodes."""
    return re.sub(r"(?<=[>}])\n\s*(?=[<{])(?!<(?:tr|tbody|section))", "", source)


@cache
def _environment() -> Environment:
    # Here, so that the command line starts without it.
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FunctionLoader(lambda name: _compact((_ROOM / "templates" / name).read_text(encoding="utf-8"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {
        "difference": difference,
        "href": href,
        "interval": interval,
        "number": number,
        "plural": plural,
    }
    return environment
