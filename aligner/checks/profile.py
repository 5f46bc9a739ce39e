"""Which checks run, how severe they are, and their thresholds: read from a TOML file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.checks.catalogue import RULES
from aligner.checks.consistency import DOCUMENT_RULES
from aligner.checks.rule import Limits
from aligner.decode import read_bytes
from aligner.errors import FileError
from aligner.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Every check by name with what it is unless a profile says otherwise.
DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {name: rule.description for name, rule in RULES.items()}
    | {name: rule.description for name, rule in DOCUMENT_RULES.items()}
)
_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {name: rule.severity for name, rule in RULES.items()}
    | {name: rule.severity for name, rule in DOCUMENT_RULES.items()}
)
#: The names of limits in a profile, with those of their fields.
_LIMITS: Mapping[str, str] = {one.name.replace("_", "-"): one.name for one in fields(Limits)}
_OFF = "off"
#: The name of the file that keeps a run's profile with its outputs.
KEPT = "checks.toml"


@dataclass(frozen=True, slots=True)
class Profile:
    """The severity of each check that is on, by name, and the thresholds.

    As a file:

        [checks]
        end-punctuation = "off"
        numbers = "warning"

        [limits]
        low-confidence = -1.2
    """

    severities: Mapping[str, Severity] = field(default_factory=lambda: dict(_SEVERITIES))
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def load(cls, path: Path | str) -> Profile:
        """Read a profile; what it does not name stays as it is by default.

        Raises FileError, with the line, for a file that is not TOML, and, with the known ones, for an unknown table,
        check, severity or limit.
        """
        file = _File(path, _text(path))
        try:
            tables = tomllib.loads(file.text)
        except tomllib.TOMLDecodeError as error:
            problem, _, place = str(error).partition(" (at ")
            found = re.match(r"line (\d+)", place)
            line = int(found[1]) if found else file.text.count("\n") + 1
            raise FileError(f"is no TOML ({problem})", "mend the line", path=path, line=line) from error
        file.check_names("table", tables, ("checks", "limits"))
        checks, limits = (file.table(tables, name) for name in ("checks", "limits"))
        file.check_names("check", checks, tuple(_SEVERITIES))
        severities = {**_SEVERITIES, **{name: file.severity(name, value) for name, value in checks.items()}}
        return cls({name: one for name, one in severities.items() if one is not None}, file.limits(limits))

    @classmethod
    def beside(cls, folder: Path | str) -> Profile:
        """Read the profile that is kept with a run's outputs; the default one if there is none."""
        path = Path(folder) / KEPT
        return cls.load(path) if path.exists() else DEFAULT

    def toml(self) -> str:
        """Write what is not as it is by default, for `load` to read; empty if everything is."""
        checks = {name: self.severities.get(name, _OFF) for name in _SEVERITIES}
        usual = Limits()
        lines = [f'{name} = "{value}"' for name, value in checks.items() if value != _SEVERITIES[name]]
        limits = [
            f"{name} = {getattr(self.limits, field)!r}"
            for name, field in _LIMITS.items()
            if getattr(self.limits, field) != getattr(usual, field)
        ]
        tables = (("checks", lines), ("limits", limits))
        return "\n".join("\n".join((f"[{name}]", *rows, "")) for name, rows in tables if rows)


def all_checks() -> str:
    """Write the default profile in full, for `Profile.load` to read, with what each check is."""
    width = max(map(len, _SEVERITIES))
    rows = ((name, f'"{severity}"', DESCRIPTIONS[name]) for name, severity in _SEVERITIES.items())
    checks = (f"{name:{width}} = {severity:9}  # {what}" for name, severity, what in rows)
    limits = (f"{name} = {getattr(Limits(), field)!r}" for name, field in _LIMITS.items())
    return "\n".join(("# off, info, warning or error", "[checks]", *checks, "", "[limits]", *limits, ""))


@dataclass(frozen=True, slots=True)
class _File:
    """A profile's file, which finds the lines of what is wrong in it."""

    path: Path | str
    text: str

    def table(self, tables: Mapping[str, object], name: str) -> Mapping[str, object]:
        table = tables.get(name, {})
        if not isinstance(table, dict):
            raise self._error(name, f"{name!r} is no table", f"write it as [{name}]")
        return table

    def check_names(self, kind: str, found: Mapping[str, object], known: Sequence[str]) -> None:
        for name in found:
            if name not in known:
                near = get_close_matches(name, known, 1)
                remedy = f"did you mean {near[0]!r}?" if near else f"choose among {', '.join(known)}"
                remedy = "put it below [checks]" if kind == "table" and name in _SEVERITIES else remedy
                raise self._error(name, f"there is no {kind} {name!r}", remedy)

    def severity(self, check: str, value: object) -> Severity | None:
        choices = (_OFF, *(severity.value for severity in reversed(Severity)))
        if value not in choices:
            raise self._error(check, f"{check} cannot be {_said(value)}", f"choose among {', '.join(choices)}")
        return None if value == _OFF else Severity(str(value))

    def limits(self, table: Mapping[str, object]) -> Limits:
        self.check_names("limit", table, tuple(_LIMITS))
        values: dict[str, float] = {}
        for name, value in table.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
                raise self._error(name, f"{name} cannot be {_said(value)}", "write a number, such as 2.5")
            values[_LIMITS[name]] = float(value)
        return Limits(**values)

    def _error(self, name: str, problem: str, remedy: str) -> FileError:
        named = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[].=]""")
        lines = (number for number, line in enumerate(self.text.splitlines(), 1) if named.match(line))
        return FileError(problem, remedy, path=self.path, line=next(lines, None))


def _text(path: Path | str) -> str:
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError("is not UTF-8", "save it as UTF-8", path=path, line=line) from error


def _said(value: object) -> str:
    """A value as TOML has it, so far as a reader needs to find it again."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


#: What is checked where nobody says otherwise: everything.
DEFAULT = Profile()
