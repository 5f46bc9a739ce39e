"""From a model's name to an engine: which one, on what device, loaded when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest, sha256
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aligner.engines.alignment import RECORD
from aligner.engines.hardware import CUBLAS_PACKAGE, can_use_gpu, cores, has_cublas, has_gpu
from aligner.engines.registry import DEFAULT_MODEL, NEEDED, OPTIONAL, WEIGHTS, resolve
from aligner.errors import ConversionError, ModelError
from aligner.home import converted_models
from aligner.model import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from aligner.engines.protocol import Decoding, Engine
    from aligner.engines.registry import ModelFolder
    from aligner.model import Constraint, Focus, Hypothesis

#: How the engines compute, by device. Sums of CTranslate2's whole numbers are exact, in whatever order they are made.
DTYPES = {
    "ctranslate2": {"cpu": "int8", "cuda": "int8_float16"},
    "transformers": {"cpu": "float32", "cuda": "float16"},
}
AUTO = "auto"


def load_engine(
    name: str | None = None,
    *,
    revision: str | None = None,
    engine: str = AUTO,
    device: str = AUTO,
    threads: int | None = None,
    batch_tokens: int | None = None,
) -> Engine:
    """Find a model by its bundled name (the default model without one), its directory or its hub id.

    `engine` is `ctranslate2` or `transformers`; `auto` is the first where it is installed and the model converts.
    `device` is `auto`, `cpu` or `cuda`; `threads` counts CPU workers, one for each usable core by default;
    `batch_tokens` bounds a batch's source tokens. The weights are loaded once the engine is first asked something.
    Raises ModelError, with the remedy.
    """
    _check("engine", engine, (AUTO, *DTYPES))
    _check("device", device, (AUTO, *DTYPES["transformers"]))
    folder = resolve(name or DEFAULT_MODEL, revision)
    with (folder.path / WEIGHTS).open("rb") as weights:
        weights_sha256 = file_digest(weights, "sha256").hexdigest()
    files = sha256()
    for file in sorted(NEEDED + OPTIONAL + (RECORD,)):
        if file != WEIGHTS and (folder.path / file).exists():
            files.update(f"{file} ".encode() + (folder.path / file).read_bytes())

    def plan(used: str) -> _Plan:
        where = device if device != AUTO else "cuda" if can_use_gpu(used) else "cpu"
        return _Plan(folder, weights_sha256, files.hexdigest()[:16], where, threads or cores(), batch_tokens)

    if engine == "transformers" or (engine == AUTO and find_spec("ctranslate2") is None):
        return plan("transformers").transformers()
    try:
        return plan("ctranslate2").ctranslate2()
    except ConversionError:
        if engine != AUTO:
            raise
        return plan("transformers").transformers()


def _check(option: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise ModelError(f"there is no {option} {given!r}", f"use one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What engines are loaded from."""

    folder: ModelFolder
    weights_sha256: str
    #: A digest of the other files that bear on what the model says.
    files: str
    device: str
    threads: int
    batch_tokens: int | None

    def transformers(self) -> Engine:
        """Prepare the engine on transformers."""
        info = self._info("transformers", "torch")

        def load() -> Engine:
            from aligner.engines.transformers_ import TransformersEngine  # noqa: PLC0415 (imports torch)

            return TransformersEngine(
                self.folder.path,
                info,
                device=self.device,
                dtype=DTYPES["transformers"][self.device],
                threads=self.threads,
                batch_tokens=self.batch_tokens,
            )

        return self._deferred(info, load)

    def ctranslate2(self) -> Engine:
        """Prepare the engine on CTranslate2; the model is converted now, unless it has been before."""
        if find_spec("ctranslate2") is None:
            remedy = "pip install 'aligner[fast]', or use --engine transformers"
            raise ModelError("ctranslate2 is not installed", remedy)
        from aligner.engines.conversion import converted  # noqa: PLC0415 (the extra may not be installed)

        if self.device == "cuda" and has_gpu() and not has_cublas():
            remedy = f"pip install {CUBLAS_PACKAGE}, or use --device cpu"
            raise ModelError("CTranslate2 needs cuBLAS 12 to use a GPU, and there is none", remedy)

        def convert() -> Path:
            return converted(self.folder.path, self.weights_sha256, converted_models())

        convert()
        info = self._info("ctranslate2")

        def load() -> Engine:
            from aligner.engines.ctranslate2_ import Ctranslate2Engine  # noqa: PLC0415 (imports ctranslate2)

            return Ctranslate2Engine(
                self.folder.path,
                convert(),  # which makes it again when the cache was cleared meanwhile
                info,
                device=self.device,
                dtype=DTYPES["ctranslate2"][self.device],
                threads=self.threads,
                batch_tokens=self.batch_tokens,
            )

        return self._deferred(info, load)

    def _deferred(self, info: ModelInfo, load: Callable[[], Engine]) -> Engine:
        return DeferredEngine(info, (self.folder.path / WEIGHTS).stat().st_size, load)

    def _info(self, engine: str, *more: str) -> ModelInfo:
        versions = tuple((package, version(package)) for package in (engine, *more, "sentencepiece"))
        options = (*versions, ("files", self.files), ("device", self.device), ("dtype", DTYPES[engine][self.device]))
        return ModelInfo(self.folder.id, self.folder.revision, self.weights_sha256, engine, options)


class DeferredEngine:
    """An engine that is loaded once it is asked something, so that what needs no translation waits for no model."""

    def __init__(self, info: ModelInfo, size: int, load: Callable[[], Engine]) -> None:
        self.info = info
        self.size = size
        self._load = load

    @cached_property
    def _engine(self) -> Engine:
        return self._load()

    @property
    def max_source_tokens(self) -> int:
        """See `Engine`."""
        return self._engine.max_source_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Engine.count_tokens`."""
        return self._engine.count_tokens(texts) if texts else []

    def decode(
        self,
        texts: Sequence[str],
        decoding: Decoding,
        *,
        constraints: Sequence[tuple[Constraint, ...]] = (),
        on_done: Callable[[int], None] | None = None,
    ) -> list[Hypothesis]:
        """See `Engine.decode`."""
        return self._engine.decode(texts, decoding, constraints=constraints, on_done=on_done) if texts else []

    def score(self, sources: Sequence[str], targets: Sequence[str]) -> list[float]:
        """See `Engine.score`."""
        return self._engine.score(sources, targets) if sources else []

    def look(
        self, sources: Sequence[str], targets: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[tuple[Focus, ...]]:
        """See `Engine.look`."""
        return self._engine.look(sources, targets, spans) if sources else []
