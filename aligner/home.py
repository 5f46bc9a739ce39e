"""Where aligner keeps what outlives a run, on this user's machine."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from platformdirs import user_cache_path, user_data_path

#: A folder that takes the place of the system's own for all of it.
VARIABLE = "ALIGNER_HOME"
#: What a converted model's folder is named: a digest, and more while it is made or deleted.
_OURS = re.compile(r"[0-9a-f]{32}(\.\w+\.tmp)?$")


def memory_path() -> Path:
    """The translation memory; among a user's data, since reviewed work is in it."""
    return _chosen(user_data_path("aligner", appauthor=False)) / "memory.sqlite3"


def converted_models() -> Path:
    """Models converted for faster engines; among what may be deleted, since it can be made again."""
    return _chosen(user_cache_path("aligner", appauthor=False)) / "ctranslate2"


def remove_converted_models() -> None:
    """Delete the models that were converted, and nothing else that may be there.

    Each is renamed first, so that none is ever there in part. One that is being converted stays.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 (few commands need it)

    for path in list(converted_models().glob("*")):
        if not _OURS.match(path.name):
            continue
        # The lock is that of the conversion. Once it is ours, what it made or what is being deleted may be gone.
        with suppress(Timeout), FileLock(path.with_name(f"{path.name[:32]}.lock"), timeout=0):
            if path.is_dir():
                aside = path.with_name(f"{path.name}.{token_hex(4)}.tmp")
                shutil.rmtree(path if path.suffix == ".tmp" else path.replace(aside), ignore_errors=True)


def _chosen(usual: Path) -> Path:
    home = os.environ.get(VARIABLE)
    return Path(home) if home else usual
