"""The translation memory: one SQLite file a user, with what the machine translated and what reviewers approved.

What the machine translated is a cache: a key that stands for everything that bears on a translation, and the
translation as text. What reviewers approved is by source text, whatever the model.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from aligner.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

#: Change it with the tables.
VERSION = 1
_TABLES = {
    "machine": "key BLOB PRIMARY KEY, translation TEXT NOT NULL, used INTEGER NOT NULL",
    "reviewed": "source TEXT PRIMARY KEY, target TEXT NOT NULL, document TEXT NOT NULL, segment TEXT NOT NULL",
}
#: How many keys are asked for at once; SQLite takes 32,766 variables.
_MOST = 10_000
#: How long to wait for another process that is writing, in seconds.
_PATIENCE = 60.0
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Approved:
    """A unit that a reviewer approved, and where: the source on one line, its target, the document and segment id."""

    source: str
    target: str
    document: str
    segment_id: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much is in a memory: translations by the machine, approved units, and bytes on the disk."""

    machine: int
    reviewed: int
    size: int


class Memory:
    """An open translation memory; processes may share one, and a killed one loses what it was just writing at most.

    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder, Memory(Path(folder) / "memory.sqlite3") as memory:
    ...     memory.remember({b"key": "translation"})
    ...     memory.recall([b"key", b"other"])
    {b'key': 'translation'}
    """

    def __init__(self, path: Path) -> None:
        """Open the memory at a path, or make one there; raises FileError."""
        self.path = path
        self._lock = threading.Lock()
        with self._reported():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._store = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._check()
                self._use_wal()
                # With WAL this loses no consistency: after a power cut, the last translations may be made again.
                self._store.execute("PRAGMA synchronous = NORMAL")
                if self._version() < VERSION:
                    self._make_tables()
            except BaseException:
                self._store.close()
                raise

    def _version(self) -> int:
        (version,) = self._store.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _check(self) -> None:
        """See that a file is a memory, or is to become one, before anything is written to it."""
        version = self._version()
        if version > VERSION:
            raise FileError("is of a newer version of aligner", "update aligner, or name another", path=self.path)
        tables = {name for (name,) in self._store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        # SQLite's own, such as sqlite_stat1, may be in any file.
        if any(name not in _TABLES and not name.startswith("sqlite_") for name in tables):
            raise FileError("is another program's database", "name a file of its own", path=self.path)

    def _make_tables(self) -> None:
        """Make the tables and say their version at once, so that nobody who opens the file too sees a part of it."""
        with self._transaction() as store:
            for name, columns in _TABLES.items():
                store.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) WITHOUT ROWID")
            store.execute(f"PRAGMA user_version = {VERSION}")

    def _use_wal(self) -> None:
        # SQLite does not wait by itself where two change the mode of a new file at once.
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._store.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Look up machine translations; what is not known is left out."""
        today = int(time.time()) // _DAY
        found: dict[bytes, str] = {}
        idle: list[tuple[int, bytes]] = []
        with self._reported(), self._lock:
            for first in range(0, len(keys), _MOST):
                some = keys[first : first + _MOST]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, translation, used FROM machine WHERE key IN ({marks})"
                for key, translation, used in self._store.execute(query, some):
                    found[key] = translation
                    idle += [(today, key)] if used != today else []
        if idle:
            with self._transaction() as store:
                store.executemany("UPDATE machine SET used = ? WHERE key = ?", idle)
        return found

    def remember(self, translations: Mapping[bytes, str]) -> None:
        """Keep machine translations, all or none."""
        today = int(time.time()) // _DAY
        rows = [(key, translation, today) for key, translation in translations.items()]
        with self._transaction() as store:
            store.executemany("INSERT OR REPLACE INTO machine VALUES (?, ?, ?)", rows)

    def approve(self, units: Iterable[Approved], withdrawn: Iterable[tuple[str, str, str]] = ()) -> None:
        """Keep approved units, the last one of a source; all or none.

        First forget what was approved before in segments that were decided on again, given as source, document and
        segment id.
        """
        rows = [(one.source, one.target, one.document, one.segment_id) for one in units]
        with self._transaction() as store:
            store.executemany("DELETE FROM reviewed WHERE source = ? AND document = ? AND segment = ?", list(withdrawn))
            store.executemany("INSERT OR REPLACE INTO reviewed VALUES (?, ?, ?, ?)", rows)

    def approved(self) -> dict[str, str]:
        """Give all approved targets by their sources."""
        with self._reported(), self._lock:
            return dict(self._store.execute("SELECT source, target FROM reviewed"))

    def size(self) -> Size:
        """Count what is in the memory."""
        with self._reported(), self._lock:
            machine, reviewed = (
                self._store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("machine", "reviewed")
            )
        return Size(machine, reviewed, self.path.stat().st_size)

    def prune(self, days: int) -> int:
        """Forget machine translations that were not used for so many days; return how many."""
        return self._forget("WHERE used <= ?", (int(time.time()) // _DAY - days,))

    def clear(self) -> int:
        """Forget all machine translations; return how many. Approved units stay."""
        return self._forget("", ())

    def _forget(self, condition: str, values: tuple[int, ...]) -> int:
        with self._transaction() as store:
            count = store.execute(f"DELETE FROM machine {condition}", values).rowcount
        # Somebody else may be writing; the space is given back next time.
        with self._lock, suppress(sqlite3.OperationalError):
            self._store.execute("VACUUM")
        return count

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reported(), self._lock, self._store:
            self._store.execute("BEGIN IMMEDIATE")
            yield self._store

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            remedy = "name another with --memory, or translate with --no-memory"
            raise FileError(f"cannot be used as translation memory ({error})", remedy, path=self.path) from error
