"""Translation beyond one machine: units go in shards to workers on Ray, and come back as if translated here."""

from __future__ import annotations

import pickle
import socket
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Self

from aligner.cluster import LOCAL, chosen_address, joined
from aligner.engines.hardware import cores
from aligner.engines.translator import Translator
from aligner.errors import AlignerError
from aligner.translation import RULES, LocalPool, code_sha256, pack, unit_key, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from aligner.model import ModelInfo
    from aligner.translation import Translation, Unit

#: Characters in a shard on CPUs: some seconds of work, so that Ray's part is small, and so is what is done again.
SHARD = 8_000
#: On a GPU: some seconds of work there.
GPU_SHARD = 200_000
#: The most threads of a worker, by default: a worker takes 0.6 GB, and one thread at a time runs its Python.
THREADS = 4
#: How often a lost worker is started again and a shard done again in a wave, before the run gives up.
RETRIES = 3


@dataclass(frozen=True, slots=True)
class _Model:
    """What workers load, as `Translator.load` wants it, and what has to come of it."""

    name: str | None
    revision: str | None
    batch_tokens: int | None
    beam: int
    info: ModelInfo
    code: str

    def load(self, threads: int) -> Translator:
        """Load the model; raises AlignerError unless it translates as the driver's would."""
        translator = Translator.load(
            self.name,
            revision=self.revision,
            engine=self.info.engine,
            device=dict(self.info.options)["device"],
            threads=threads,
            batch_tokens=self.batch_tokens,
            beam=self.beam,
        )
        _ = translator.engine.max_source_tokens  # which loads the model, and is where that fails
        ours, theirs = _bearing(self.info, self.code), _bearing(translator.info, code_sha256(RULES))
        if others := sorted(name for name in ours if ours[name] != theirs.get(name)):
            remedy = "install what the driver has on all machines"
            raise AlignerError(f"translations would be others: it has another {', '.join(others)}", remedy)
        return translator


def _bearing(info: ModelInfo, code: str) -> dict[str, str]:
    """All that bears on translations; not the model's id, which has the path where it is a directory."""
    return {"model": info.sha256, "revision": info.revision, "aligner": code, **dict(info.options)}


class _Worker:
    """An actor: it loads the model once and translates shards."""

    def __init__(self, model: _Model, threads: int, spellings: Mapping[str, str]) -> None:
        self._model, self._threads, self._spellings = model, threads, spellings

    @cached_property
    def _pool(self) -> LocalPool:
        """Not made by the constructor, which has nobody to tell what is wrong."""
        return LocalPool(self._model.load(self._threads))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Translate a shard: each of its units is a packed translation in the result; or say what is wrong.

        A user's error goes back as data, with the host: of what a worker raises, Ray makes a page of traceback.
        """
        done: dict[int, Translation] = {}
        try:
            for part in self._pool.translate(pickle.loads(row["units"]), self._spellings):
                done |= part
        except AlignerError as error:
            problem = f"on {socket.gethostname()}, {error.problem}"
            said = [f"{error.path}: {problem}" if error.path else problem, error.remedy]
            return {"key": row["key"], "said": said, "failed": True}
        return {"key": row["key"], "said": [pack(done[at]) for at in range(len(done))], "failed": False}


class RayPool:
    """Workers on Ray, on this machine or many; to be used in a `with` statement, which lets go of Ray at its end.

    Workers are given shards keyed by the hash of their content, which come back in any order.
    Translations are a local run's, to the last bit where the processors are of one kind.
    """

    #: A pool of actors serves one wave, so that a wave has to be worth its start; a few are held in memory.
    wave = 8_000_000

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        revision: str | None = None,
        engine: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        batch_tokens: int | None = None,
        beam: int = 4,
        address: str | None = None,
        workers: int | None = None,
    ) -> None:
        """Find a model, see `Translator.load`; Ray is started or joined once there is something to translate.

        `address` is `auto` or HOST:PORT of a running cluster; without it, the environment's RAY_ADDRESS counts, and
        without that Ray is started here, on `threads` CPUs. `workers` counts actors, which share all CPUs of the
        cluster, or have a GPU each. A model's directory has to be at the same path on all machines. Raises AlignerError
        when Ray is not installed or does not answer at the address.
        """
        self._address = chosen_address(address)
        if threads is not None and self._address != LOCAL:
            remedy = "use --ray-workers, which share its CPUs"
            raise AlignerError("--threads is for this machine, and Ray runs elsewhere", remedy)
        self._cpus, self._wanted = threads or cores(), workers
        name = None if model is None else str(Path(model).absolute() if Path(model).is_dir() else model)
        self.info = Translator.load(
            model, revision=revision, engine=engine, device=device, batch_tokens=batch_tokens, beam=beam
        ).info
        self._model = _Model(name, revision, batch_tokens, beam, self.info, code_sha256(RULES))
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def translate(
        self, units: Sequence[Unit], spellings: Mapping[str, str], on_done: Callable[[int], None] | None = None
    ) -> Iterator[dict[int, Translation]]:
        """Translate distinct units; yield shards as they are done, translations by the places of their units.

        Raises AlignerError when workers are lost again and again.
        """
        shards = self._shards(units, spellings)
        rows = [{"key": key, "units": pickle.dumps([units[at] for at in places])} for key, places in shards.items()]
        for row in self._map(rows, spellings):
            if row["failed"]:
                raise AlignerError(*row["said"])
            places = shards[row["key"]]
            yield {at: unpack(said, units[at].hits) for at, said in zip(places, row["said"], strict=True)}
            if on_done is not None:
                on_done(len(places))

    def _shards(self, units: Sequence[Unit], spellings: Mapping[str, str]) -> dict[str, list[int]]:
        """Cut units into shards: the places of their units, by the hash of their content.

        Units of like length go together: small shards then make as good batches as all units at once would, while
        shards cut as units come take a fifth more time.
        """
        key, most = unit_key(self.info, spellings), GPU_SHARD if self._on_gpu else SHARD
        shards: dict[str, list[int]] = {}
        places: list[int] = []
        size, digest = 0, sha256()
        order = sorted(range(len(units)), key=lambda at: len(units[at].text))
        for at in order:
            places.append(at)
            size += len(units[at].text)
            digest.update(key(units[at]))
            if size >= most or at == order[-1]:
                shards[digest.hexdigest()] = places
                places, size, digest = [], 0, sha256()
        return shards

    def _map(self, rows: Sequence[dict[str, Any]], spellings: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Have workers translate shards, one a row; yield what they make of each as it comes."""
        workers, threads = self._staff  # first of all, since Ray reads its environment as it is imported
        from ray.data import ActorPoolStrategy, from_items  # noqa: PLC0415
        from ray.exceptions import RayError, RayTaskError  # noqa: PLC0415

        with warnings.catch_warnings():
            # Ray Data has no other way yet to bound restarts; what it announces is the reason for the extra's bound.
            warnings.filterwarnings("ignore", ".*ray_remote_args", DeprecationWarning)
            said = from_items(list(rows), override_num_blocks=len(rows)).map(
                _Worker,
                fn_constructor_args=(self._model, threads, dict(spellings)),
                compute=ActorPoolStrategy(size=min(workers, len(rows)), max_tasks_in_flight_per_actor=2),
                num_cpus=threads,
                num_gpus=1 if self._on_gpu else None,
                max_restarts=RETRIES,
                max_task_retries=RETRIES,
            )
        try:
            yield from said.iter_rows()
        except RayTaskError:
            raise  # a bug of ours, with its traceback
        except RayError as error:
            reason = shorten(str(error).strip().splitlines()[-1], 120, placeholder="…")
            remedy = "see that aligner is installed on all machines, and give workers more memory (fewer --ray-workers)"
            raise AlignerError(f"workers on Ray die again and again ({reason})", remedy) from error

    @property
    def _on_gpu(self) -> bool:
        return dict(self.info.options)["device"] == "cuda"

    @cached_property
    def _staff(self) -> tuple[int, int]:
        """Start or join Ray; say how many workers there are to be, and of how many threads."""
        nodes = self._open.enter_context(joined(self._address, self._cpus))
        kind = "GPU" if self._on_gpu else "CPU"
        counts = [int(node.get(kind, 0)) for node in nodes]
        if not sum(counts):
            raise AlignerError(f"Ray has no {kind} to work on", "see `ray status`, or choose another --device")
        return (min(self._wanted or sum(counts), sum(counts)), 1) if self._on_gpu else shares(counts, self._wanted)


def shares(cpus: Sequence[int], wanted: int | None = None) -> tuple[int, int]:
    """Say how many workers there are to be on nodes of so many CPUs, and how many threads each has.

    By default these are as many as leave the fewest CPUs idle.

    >>> shares([64, 64]), shares([6, 6]), shares([8], wanted=2)
    ((32, 4), (4, 3), (2, 4))
    """

    def room(threads: int) -> int:
        return sum(one // threads for one in cpus)

    if wanted is None:
        threads = max(range(1, THREADS + 1), key=lambda threads: (room(threads) * threads, threads))
        return room(threads), threads
    workers = min(wanted, sum(cpus))
    most = sum(cpus) // workers
    return workers, max(threads for threads in range(1, most + 1) if room(threads) >= workers)
