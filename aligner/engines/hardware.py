"""What the machine has for this process, asked without importing torch."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution, version
from itertools import product
from math import ceil, inf
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: NVIDIA's cuBLAS, which CTranslate2 needs and its wheels do not bring; the first is what it needs itself.
_CUBLAS = (
    ("cublasLt64_12.dll", "cublas64_12.dll") if sys.platform == "win32" else ("libcublasLt.so.12", "libcublas.so.12")
)
#: The package of pip's that brings it, and where in it that is.
CUBLAS_PACKAGE = "nvidia-cublas-cu12"
_CUBLAS_FOLDER = "nvidia/cublas/bin" if sys.platform == "win32" else "nvidia/cublas/lib"


def cores(root: Path = Path("/")) -> int:
    """Count the CPU cores that this process may use, by its affinity and its control groups' quotas.

    A part of a core counts as one. `root` is the directory that has `proc` and `sys`.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ceil(min([allowed, *map(_quota, _control_groups(root))]))


def _control_groups(root: Path) -> Iterator[Path]:
    """Give the directories of this process's control groups, and of those around them, that may bound its CPU time.

    A container may name its groups as they are called outside, where it sees none; what bounds it is then the root.
    """
    groups, mounts = root / "proc/self/cgroup", root / "sys/fs/cgroup"
    for line in groups.read_text(encoding="utf-8", errors="replace").splitlines() if groups.exists() else ():
        _, controllers, name = line.split(":", 2)
        of_cpu = (controllers, "cpu") if "cpu" in controllers.split(",") else ()  # version 1 has one tree a controller
        group = PurePosixPath(name.lstrip("/"))
        for mount, part in product(of_cpu if controllers else (".", "unified"), (group, *group.parents)):
            yield mounts / mount / part


def _quota(group: Path) -> float:
    """Give a control group's own quota, in cores; infinity when it has none."""
    for files in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):  # versions 2 and 1
        with suppress(OSError):
            granted, period = " ".join((group / file).read_text(encoding="ascii") for file in files).split()
            return inf if granted in {"max", "-1"} else int(granted) / int(period)
    return inf


def can_use_gpu(engine: str) -> bool:
    """Tell whether there is a GPU of NVIDIA's and what the engine needs to use it."""
    if not has_gpu():
        return False
    return has_cublas() if engine == "ctranslate2" else not version("torch").endswith("+cpu")


def has_cublas() -> bool:
    """Load cuBLAS, from the loader's path or else from pip's package, which is not on it; tell whether it is there.

    CTranslate2 asks the loader for it by its name alone, and is given what this process has loaded by that name.
    """
    try:
        ctypes.CDLL(_CUBLAS[-1])
    except OSError:
        try:
            folder = Path(str(distribution(CUBLAS_PACKAGE).locate_file(_CUBLAS_FOLDER)))
            for library in _CUBLAS:
                ctypes.CDLL(str(folder / library))
        except (PackageNotFoundError, OSError):
            return False
    return True


def has_gpu() -> bool:
    """Tell whether NVIDIA's driver is there and knows a GPU that this process may use."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
