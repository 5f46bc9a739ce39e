"""Which checks run, how severe they are, and their thresholds: read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.checks.catalogue import RULES
from aligner.checks.consistency import DOCUMENT_RULES
from aligner.checks.rule import Limits
from aligner.errors import AlignerError
from aligner.model import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every check by name with what it is unless a profile says otherwise.
DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {name: rule.description for name, rule in RULES.items()}
    | {name: rule.description for name, rule in DOCUMENT_RULES.items()}
)
_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {name: rule.severity for name, rule in RULES.items()}
    | {name: rule.severity for name, rule in DOCUMENT_RULES.items()}
)
_OFF = "off"


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

        Raises AlignerError for a file that is not TOML, and, listing the known ones, for an unknown table, check,
        severity or limit.
        """
        try:
            tables = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise AlignerError("does not exist", "check the path", path=path) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise AlignerError(f"not a TOML file: {error}", "mend it", path=path) from error
        _known("table", tables, ("checks", "limits"), path)
        checks, limits = (_table(tables, name, path) for name in ("checks", "limits"))
        _known("check", checks, tuple(_SEVERITIES), path)
        severities = {**_SEVERITIES, **{name: _severity(name, value, path) for name, value in checks.items()}}
        return cls(
            {name: severity for name, severity in severities.items() if severity is not None},
            _limits(limits, path),
        )


def _table(tables: Mapping[str, object], name: str, path: Path | str) -> Mapping[str, object]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise AlignerError(f"{name!r} is no table", f"write it as [{name}]", path=path)
    return table


def _known(kind: str, found: Mapping[str, object], known: tuple[str, ...], path: Path | str) -> None:
    for name in found:
        if name not in known:
            raise AlignerError(f"there is no {kind} {name!r}", f"choose among {', '.join(known)}", path=path)


def _severity(check: str, value: object, path: Path | str) -> Severity | None:
    choices = (_OFF, *(severity.value for severity in reversed(Severity)))
    if value not in choices:
        raise AlignerError(f"{check} cannot be {value!r}", f"choose among {', '.join(choices)}", path=path)
    return None if value == _OFF else Severity(str(value))


def _limits(table: Mapping[str, object], path: Path | str) -> Limits:
    names = {limit.name.replace("_", "-"): limit.name for limit in fields(Limits)}
    _known("limit", table, tuple(names), path)
    values: dict[str, float] = {}
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
            raise AlignerError(f"{name} is no number: {value!r}", "write a number, such as 2.5", path=path)
        values[names[name]] = float(value)
    return Limits(**values)


#: What is checked where nobody says otherwise: everything.
DEFAULT = Profile()
