"""What the machine has for this process, asked without importing torch."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

DEVICES = ("cpu", "cuda")


def cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Count the CPU cores that this process may use, by its affinity and its control group's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    granted, _, period = (quota.read_text(encoding="ascii") if quota.exists() else "max").partition(" ")
    return allowed if granted == "max" else max(1, min(allowed, int(granted) // int(period)))


def has_gpu() -> bool:
    """Tell whether NVIDIA's driver is there and knows a GPU that this process may use."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
