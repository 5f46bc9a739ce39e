"""A Ray to work on, started on this machine or joined, that keeps its talk to itself."""

from __future__ import annotations

import logging
import os
import socket
import sys
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Seconds that a cluster has to answer.
PATIENCE = 5
#: Bytes of shared memory for a wave's shards, of a Ray that is started here.
OBJECT_STORE = 512 << 20
#: No statistics of use over the network, nothing on stderr that Ray's logs have too, and no advice about GPUs.
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
#: How patiently a cluster is asked; by default Ray would ask one that is gone for a quarter of an hour.
_JOINING = {"RAY_NUM_REDIS_GET_RETRIES": "1", "RAY_py_gcs_connect_timeout_s": f"{PATIENCE}"}
_MODULES = ("ray", "pandas", "pyarrow")
#: The address of a Ray that is started on this machine and ended with the run.
LOCAL = "local"


def chosen_address(given: str | None) -> str:
    """Say which Ray is meant: the given address, else RAY_ADDRESS, else one on this machine.

    Raises AlignerError when Ray Data is not installed, and when nobody listens at the address.
    """
    if not all(find_spec(name) for name in _MODULES):
        raise AlignerError("Ray Data is not installed", "pip install 'aligner[ray]', or use --engine-pool local")
    address = given or os.environ.get("RAY_ADDRESS") or LOCAL
    if address not in {LOCAL, "auto"}:
        _check(address)
    return address


@contextmanager
def joined(address: str, cpus: int) -> Iterator[list[Mapping[str, float]]]:
    """Start Ray on so many CPUs of this machine, or join a cluster, while the block runs; yield its nodes' resources.

    What is printed in the block goes nowhere: Ray says on stdout, which is for results, what its workers die of.
    Raises AlignerError.
    """
    for name, value in (_ENVIRONMENT | ({} if address == LOCAL else _JOINING)).items():
        os.environ.setdefault(name, value)
    import ray.data  # noqa: PLC0415 (heavy, and an extra)

    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    own: dict[str, Any] = {"num_cpus": cpus, "object_store_memory": OBJECT_STORE, "include_dashboard": False}
    options = own if address == LOCAL else {}
    with redirect_stdout(StringIO()):
        try:
            with _mute():
                ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL, **options)
        except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
            raise _refused(address, str(error)) from error
        try:
            ray.data.DataContext.get_current().enable_progress_bars = False
            yield [node["Resources"] for node in ray.nodes() if node["Alive"]]
        finally:
            ray.shutdown()


def _check(address: str) -> None:
    """See that somebody listens at an address; raises AlignerError."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 0xFFFF:
        raise AlignerError(f"{address!r} is no address of a Ray cluster", "name auto, or HOST:PORT of its head")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except OSError as error:
        raise _refused(address, error.strerror or str(error)) from error


def _refused(address: str, reason: str) -> AlignerError:
    reason = shorten(reason, 300, placeholder="…")
    if address == LOCAL:
        return AlignerError(f"Ray does not start on this machine ({reason})", "name a running cluster: --ray-address")
    remedy = (
        "see `ray status` there, set RAY_AUTH_MODE=token if it wants a token, or name none (--ray-address, RAY_ADDRESS)"
        " and Ray is started here"
    )
    return AlignerError(f"no Ray cluster at {address} can be joined ({reason})", remedy)


@contextmanager
def _mute() -> Iterator[None]:
    """Have nothing that is written to stderr arrive there, not even from C++, which has no other switch."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
