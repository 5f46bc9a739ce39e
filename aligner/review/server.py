"""Serving the review page on this machine, to one browser that knows the token, and taking its edits."""

from __future__ import annotations

import hmac
import json
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from aligner.model import Edit
from aligner.records import RecordError, parse, read_as

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
#: What a page sends at once is small; more than this is no page of ours.
MOST_BYTES = 32 << 20
FIRST_PAGE = "review.html"


class Reviewed(Protocol):
    """What is served: pages by path, and somebody who takes edits and answers with those that are in conflict."""

    def page(self, path: str, served: str) -> str | None:
        """Write a page that sends its edits to `served`; None where there is none."""

    def decide(self, edits: Sequence[Edit]) -> list[dict[str, str]]:
        """Take edits; gives `document`, `segment_id` and `reason` of each that was not taken."""


class ReviewServer(ThreadingHTTPServer):
    """A server of pages below a random path of the loopback interface; nothing else is answered."""

    daemon_threads = True

    def __init__(self, reviewed: Reviewed, port: int = 0) -> None:
        self.reviewed = reviewed
        self.token = secrets.token_urlsafe(24)
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where to begin."""
        return f"http://{HOST}:{self.server_port}/{self.token}/{FIRST_PAGE}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that a browser on this machine calls us by; another one is a page that lured its name to us."""
        return f"{HOST}:{self.server_port}", f"localhost:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    server_version, sys_version = "aligner", ""
    protocol_version = "HTTP/1.1"
    #: Seconds without a byte after which a connection is closed.
    timeout = 60

    def do_GET(self) -> None:
        path = self._path()
        if path is None:
            return
        page = self.server.reviewed.page(path, f"/{self.server.token}/edits")
        if page is None:
            self._answer(HTTPStatus.NOT_FOUND, "there is no such page")
        else:
            self._answer(HTTPStatus.OK, page, "text/html")

    def do_POST(self) -> None:
        path = self._path()
        if path is None:
            return
        # A form of another site can send neither this origin nor this type.
        if self.headers.get("Origin") not in {f"http://{host}" for host in self.server.hosts}:
            self._answer(HTTPStatus.FORBIDDEN, "edits come from our own page only")
        elif path != "edits" or self.headers.get_content_type() != "application/json":
            self._answer(HTTPStatus.NOT_FOUND, "edits go to another place")
        else:
            self._take()

    def _take(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
            if not 0 <= length <= MOST_BYTES:
                raise ValueError("too long")
            value = parse(self.rfile.read(length))
            if not isinstance(value, list):
                raise RecordError("is no list")
            edits = [read_as(Edit, one) for one in value]
        except ValueError as error:
            self._answer(HTTPStatus.BAD_REQUEST, f"these are no edits: {error}")
            return
        try:
            conflicts = self.server.reviewed.decide(edits)
        except OSError as error:
            self._answer(HTTPStatus.INSUFFICIENT_STORAGE, f"the edits cannot be written: {error.strerror}")
            return
        self._answer(HTTPStatus.OK, json.dumps({"conflicts": conflicts}), "application/json")

    def _path(self) -> str | None:
        """The path behind the token; None, answered, for a request that is not for us."""
        if self.headers.get("Host") not in self.server.hosts:
            self._answer(HTTPStatus.FORBIDDEN, "this is not the host you are looking for")
            return None
        _, token, *rest = (*unquote(self.path.partition("?")[0]).split("/"), "")
        if not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._answer(HTTPStatus.NOT_FOUND, "there is no such page")
            return None
        return "/".join(rest).removesuffix("/") or FIRST_PAGE

    def _answer(self, status: HTTPStatus, text: str, kind: str = "text/plain") -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Content-Security-Policy", "frame-ancestors 'none'"),
        ):
            self.send_header(name, value)
        # What was sent and not read would be taken for the next request.
        self.close_connection = status is not HTTPStatus.OK
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the path has the token."""
