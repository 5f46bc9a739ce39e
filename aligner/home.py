"""Where aligner keeps what outlives a run, on this user's machine."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

#: A folder that takes the place of the system's own for all of it.
VARIABLE = "ALIGNER_HOME"


def memory_path() -> Path:
    """The translation memory; among a user's data, since reviewed work is in it."""
    return _chosen(user_data_path("aligner", appauthor=False)) / "memory.sqlite3"


def converted_models() -> Path:
    """Models converted for faster engines; among what may be deleted, since it can be made again."""
    return _chosen(user_cache_path("aligner", appauthor=False)) / "models"


def _chosen(usual: Path) -> Path:
    home = os.environ.get(VARIABLE)
    return Path(home) if home else usual
