"""What the machine has for this process, asked without importing torch."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib.metadata import version
from pathlib import Path

#: The library of NVIDIA that CTranslate2 needs and its wheels do not bring.
_CUBLAS = "cublas64_12.dll" if sys.platform == "win32" else "libcublas.so.12"


def cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Count the CPU cores that this process may use, by its affinity and its control group's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    granted, _, period = (quota.read_text(encoding="ascii") if quota.exists() else "max").partition(" ")
    return allowed if granted == "max" else max(1, min(allowed, int(granted) // int(period)))


def can_use_gpu(engine: str) -> bool:
    """Tell whether there is a GPU of NVIDIA's and what the engine needs to use it."""
    if not has_gpu():
        return False
    if engine == "transformers":
        return not version("torch").endswith("+cpu")
    try:
        ctypes.CDLL(_CUBLAS)
    except OSError:
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
