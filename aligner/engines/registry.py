"""Which models there are and where: bundled ones, directories, and the Hugging Face hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from aligner.errors import ModelError

MODELS = Path(__file__).parents[1] / "data" / "models"
#: The first bundled model; replace its folder, and the new one is the default.
DEFAULT_MODEL = min((folder.name for folder in MODELS.glob("*/")), default="")

WEIGHTS = "model.safetensors"
NEEDED = ("config.json", "source.spm", "target.spm", "vocab.json", WEIGHTS)
OPTIONAL = ("tokenizer_config.json", "generation_config.json", "target_vocab.json")
PICKLE = "pytorch_model.bin"
#: Revisions to use of hub models whose main branch has weights only as a pickle. Each is the commit, on a pull request
#: by Hugging Face's own converter, that adds the same weights as safetensors.
SAFETENSORS_REVISIONS = {
    "Helsinki-NLP/opus-mt-fr-en": "d1e0695bb7088571b5fdc25e950f415ad45c8ff1",
}
_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that comes with the package: its size in bytes and the first line of its card."""

    name: str
    size: int
    summary: str


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's files; `revision` is the hub's commit, `bundled`, or nothing for a directory."""

    id: str
    revision: str
    path: Path


def bundled_models() -> tuple[BundledModel, ...]:
    """List the bundled models, the default first."""
    return tuple(
        BundledModel(folder.name, sum(file.stat().st_size for file in folder.iterdir()), _summary(folder / "README.md"))
        for folder in sorted(MODELS.glob("*/"))
    )


def _summary(card: Path) -> str:
    """Take the first line of prose from a model card, after its front matter and headings."""
    text = card.read_text(encoding="utf-8") if card.exists() else ""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return next((line for line in body.splitlines() if line.strip() and not line.startswith("#")), "")


def resolve(name: str, revision: str | None = None) -> ModelFolder:
    """Find a model's files, fetching them when `name` is a hub id that is not cached.

    A bundled name goes before a directory, a directory before a hub id. Raises ModelError, with the remedy.
    """
    bundled = tuple(model.name for model in bundled_models())
    if name in bundled:
        found = ModelFolder(name, "bundled", MODELS / name)
    elif Path(name).is_dir():
        found = ModelFolder(name, "", Path(name))
    elif _HUB_ID.fullmatch(name):
        return _from_hub(name, revision or SAFETENSORS_REVISIONS.get(name, "main"))
    else:
        raise ModelError(
            f"there is no model {name!r}", f"name a bundled one ({', '.join(bundled)}), a directory, or a hub id"
        )
    if revision:
        raise ModelError(f"{name} has no revisions", "use --revision only with a hub id")
    for file in NEEDED:
        if not (found.path / file).is_file():
            raise ModelError(f"the model lacks {file}", _remedy(found.path, file), path=found.path)
    return found


def _remedy(path: Path, file: str) -> str:
    if file == WEIGHTS and (path / PICKLE).exists():
        return f"{PICKLE} is a pickle and is never loaded: {_conversion(str(path))}"
    return f"a Marian model has {', '.join(NEEDED)}"


def _conversion(source: str) -> str:
    """Say how to make safetensors of a pickle that is trusted."""
    return (
        'convert it, if you trust it, with: python -c "from transformers import MarianMTModel as M, MarianTokenizer'
        f" as T; [c.from_pretrained({source!r}).save_pretrained('converted') for c in (M, T)]\""
    )


def _from_hub(name: str, revision: str) -> ModelFolder:
    """Take a hub model from the cache as it is there, without asking whether the hub has a newer one, or fetch it."""
    from huggingface_hub import HfApi, hf_hub_download, try_to_load_from_cache  # noqa: PLC0415 (for hub ids only)
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError  # noqa: PLC0415

    cached = [try_to_load_from_cache(name, file, revision=revision) for file in NEEDED]
    if all(isinstance(file, str) for file in cached):
        path = Path(str(cached[0])).parent
        return ModelFolder(name, path.name, path)
    try:
        found = HfApi().model_info(name, revision=revision, timeout=10)
        files = {file.rfilename for file in found.siblings or ()}
        if files.issuperset(NEEDED):
            wanted = [file for file in (*NEEDED, *OPTIONAL) if file in files]
            *_, file = [hf_hub_download(name, file, revision=found.sha) for file in wanted]
            return ModelFolder(name, Path(file).parent.name, Path(file).parent)
    except RevisionNotFoundError as error:
        raise ModelError(f"{name} has no revision {revision!r}", "see its branches on the hub") from error
    except RepositoryNotFoundError as error:
        raise ModelError(f"the hub has no model {name!r}", "mind its spelling, or log in if it is private") from error
    except Exception as error:  # whatever the HTTP library of the day raises without a network
        raise ModelError(
            f"{name} ({revision}) is not cached and cannot be fetched: {str(error).partition(chr(10))[0]}",
            "connect to the network without HF_HUB_OFFLINE once, or name a directory",
        ) from error
    if WEIGHTS in files or PICKLE not in files:
        raise ModelError(
            f"{name} lacks {', '.join(file for file in NEEDED if file not in files)}",
            "name a Marian model, such as Helsinki-NLP/opus-mt-fr-en",
        )
    raise ModelError(
        f"{name} has no {WEIGHTS} in revision {revision!r}, only a pickle, which is never loaded",
        f"name a revision that has it (--revision refs/pr/1, say; see its pull requests), or {_conversion(name)}",
    )
