"""What can be wrong with a glossary, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aligner.model import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a glossary, or to know about it; `origin` is `file:line`.

    An error in what was read means that its row, or its column, is no part of the glossary.
    """

    origin: str
    rule: str
    severity: Severity
    message: str
    remedy: str = ""

    @property
    def said(self) -> str:
        """What is wrong and what to do, in one line."""
        return "; ".join(filter(None, (self.message, self.remedy)))

    @property
    def line(self) -> int:
        """The line, or a workbook's row, counted from 1; 0 for an entry of no file."""
        line = self.origin.rpartition(":")[2]
        return int(line) if line.isdecimal() else 0
