"""The fake engine, finding models (bundled, in a directory, on the hub), and what the machine has for them."""

import ctypes
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import ModelInfo

from aligner.engines import hardware, registry, tokens
from aligner.engines.fake import FakeEngine
from aligner.engines.load import load_engine
from aligner.engines.protocol import Decoding, Engine
from aligner.engines.registry import DEFAULT_MODEL, MODELS, NEEDED, bundled_models, resolve
from aligner.errors import ModelError
from aligner.model import Constraint, Hypothesis

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _model(folder: Path, *, without: str = "") -> Path:
    """Make a folder with a model's file names."""
    folder.mkdir(parents=True)
    for file in NEEDED:
        if file != without:
            (folder / file).write_text("{}")
    return folder


def test_fake_engine_follows_its_script_and_remembers():
    engine: Engine = FakeEngine({"Paix": "Peace", "Non": Hypothesis("No", -0.5, ("cut",))})
    done: list[int] = []
    said = engine.decode(["Non", "Paix", "Oui"], Decoding(2), on_done=done.append)
    assert said == [Hypothesis("No", -0.5, ("cut",)), Hypothesis("Peace", -0.5), Hypothesis("<Oui>", -0.5)]
    assert done == [3]


def test_fake_engine_can_misbehave_and_recover_when_strict():
    engine = FakeEngine(lambda text: " ".join([text] * 9), strict=lambda _: "")
    assert engine.decode(["la"], Decoding())[0].text == "la la la la la la la la la"
    assert engine.decode(["la"], Decoding(strict=True))[0].text == ""
    assert [decoding.strict for _, decoding in engine.calls] == [False, True]


def test_fake_engine_refuses_long_texts():
    engine = FakeEngine(max_source_tokens=3)
    assert engine.count_tokens(["un deux", "un deux trois"]) == [3, 4]
    with pytest.raises(ValueError, match="4 tokens"):
        engine.decode(["un deux trois"], Decoding())


def test_fake_engine_constrains_and_forces_by_its_script():
    engine: Engine = FakeEngine(
        constrained={"La FIAS": "The ISAF"}, scores={"The ISAF": -0.2}, looks=lambda found: {"FIAS": "ISAF"}[found]
    )
    asked = (Constraint(3, 7, ("ISAF",)),)
    said = engine.decode(["La FIAS", "Une FIAS"], Decoding(), constraints=[asked, asked])
    assert [one.text for one in said] == ["The ISAF", ""]
    assert engine.score(["La FIAS", "Oui"], ["The ISAF", "Yes"]) == [-0.2, -0.5]
    looks = engine.look(["La FIAS", "Oui"], ["The ISAF", "Yes"], [[(3, 7)], []])
    assert looks == [(((0, 3, 0.0), (4, 8, 1.0)),), ()]


def test_engines_can_be_named_without_loading_torch():
    code = "import sys, aligner.engines.registry as r; r.bundled_models(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_bundled_models_are_listed_with_their_cards():
    models = bundled_models()
    assert models[0].name == DEFAULT_MODEL
    for model in models:
        assert model.size > (MODELS / model.name / "model.safetensors").stat().st_size
        assert model.summary in (MODELS / model.name / "README.md").read_text(encoding="utf-8")
        assert re.match(r"\w", model.summary)


def test_a_card_may_have_front_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _model(tmp_path / "b").joinpath("README.md").write_text("---\nlicense: mit\n---\n# b\n\nA small model.\n\nMore.\n")
    _model(tmp_path / "a")
    monkeypatch.setattr(registry, "MODELS", tmp_path)
    assert [(model.name, model.summary) for model in bundled_models()] == [("a", ""), ("b", "A small model.")]


def test_a_bundled_name_goes_before_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _model(tmp_path / DEFAULT_MODEL)
    monkeypatch.chdir(tmp_path)
    assert resolve(DEFAULT_MODEL).path == MODELS / DEFAULT_MODEL
    assert resolve(f"./{DEFAULT_MODEL}").path == Path(DEFAULT_MODEL)


def test_a_directory_goes_before_a_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _model(tmp_path / "our" / "model")
    monkeypatch.chdir(tmp_path)
    assert resolve("our/model").revision == ""


def test_an_unknown_name_lists_the_bundled_ones():
    with pytest.raises(ModelError, match=rf"no model 'opus'; name a bundled one \(.*{DEFAULT_MODEL}.*\), a directory"):
        load_engine("opus")


@pytest.mark.parametrize("name", ["./missing/model", "/missing/model", "a/b/c", "../model", "model.bin"])
def test_a_missing_path_is_no_hub_id(name: str):
    with pytest.raises(ModelError, match="there is no model"):
        resolve(name)


@pytest.mark.parametrize("file", NEEDED)
def test_a_directory_that_lacks_a_file(file: str, tmp_path: Path):
    folder = _model(tmp_path / "model", without=file)
    with pytest.raises(ModelError, match=f"the model lacks {file}; a Marian model has"):
        resolve(str(folder))


def test_a_pickle_is_not_loaded_and_the_conversion_is_named(tmp_path: Path):
    folder = _model(tmp_path / "model", without="model.safetensors")
    (folder / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"pickle and is never loaded.*save_pretrained"):
        resolve(str(folder))


def test_only_hub_ids_have_revisions(tmp_path: Path):
    for name in (DEFAULT_MODEL, str(_model(tmp_path / "model"))):
        with pytest.raises(ModelError, match="has no revisions"):
            resolve(name, "main")


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, without a network."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return tmp_path


def _cached(cache: Path, name: str, revision: str, *, without: str = "") -> Path:
    repository = cache / f"models--{name.replace('/', '--')}"
    if revision != COMMIT:
        reference = repository / "refs" / revision
        reference.parent.mkdir(parents=True)
        reference.write_text(COMMIT)
    return _model(repository / "snapshots" / COMMIT, without=without)


@pytest.mark.parametrize("revision", [None, "main", "refs/pr/7", COMMIT])
def test_a_cached_hub_model_needs_no_network(revision: str | None, hub_cache: Path):
    path = _cached(hub_cache, "Some-One/opus-mt-fr-en", revision or "main")
    found = resolve("Some-One/opus-mt-fr-en", revision)
    assert (found.id, found.revision, found.path) == ("Some-One/opus-mt-fr-en", COMMIT, path)


@pytest.mark.usefixtures("hub_cache")
def test_a_hub_model_that_is_not_cached():
    with pytest.raises(ModelError, match=r"Some-One/opus \(main\) is not cached and cannot be fetched: .*; connect to"):
        resolve("Some-One/opus")


def test_a_hub_model_that_is_cached_in_part(hub_cache: Path):
    _cached(hub_cache, "Some-One/opus", "main", without="vocab.json")
    with pytest.raises(ModelError, match="is not cached and cannot be fetched"):
        resolve("Some-One/opus")


class _Hub:
    """A hub with one repository, whose files are given; it remembers what it was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *files: str) -> None:
        self.files, self.revisions, self.fetched = files, [], []
        monkeypatch.setattr("huggingface_hub.HfApi", lambda: self)
        monkeypatch.setattr("huggingface_hub.hf_hub_download", self.download)

    def model_info(self, _name: str, *, revision: str, timeout: float) -> ModelInfo:
        assert timeout
        self.revisions.append(revision)
        return ModelInfo(id="opus", sha=COMMIT, siblings=[{"rfilename": file} for file in self.files])

    def download(self, _name: str, file: str, *, revision: str) -> str:
        assert revision == COMMIT
        self.fetched.append(file)
        return f"/cache/{COMMIT}/{file}"


@pytest.mark.usefixtures("hub_cache")
def test_only_what_is_needed_of_a_hub_model_is_fetched(monkeypatch: pytest.MonkeyPatch):
    hub = _Hub(monkeypatch, *NEEDED, "generation_config.json", "pytorch_model.bin", "tf_model.h5", "modeling.py")
    assert resolve("Some-One/opus").revision == COMMIT
    assert sorted(hub.fetched) == sorted([*NEEDED, "generation_config.json"])
    assert hub.revisions == ["main"]


@pytest.mark.usefixtures("hub_cache")
@pytest.mark.parametrize("name", registry.SAFETENSORS_REVISIONS)
def test_hub_models_known_to_have_a_pickle_are_taken_at_another_revision(name: str, monkeypatch: pytest.MonkeyPatch):
    hub = _Hub(monkeypatch, *NEEDED)
    resolve(name)
    resolve(name, "main")
    assert hub.revisions == [registry.SAFETENSORS_REVISIONS[name], "main"]


@pytest.mark.usefixtures("hub_cache")
def test_a_hub_model_with_only_a_pickle(monkeypatch: pytest.MonkeyPatch):
    hub = _Hub(monkeypatch, *(file for file in NEEDED if file != "model.safetensors"), "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"no model\.safetensors in revision 'main'.*--revision refs/pr/1.*python -c"):
        resolve("Some-One/opus")
    assert hub.fetched == []


@pytest.mark.usefixtures("hub_cache")
def test_a_hub_model_of_another_kind(monkeypatch: pytest.MonkeyPatch):
    _Hub(monkeypatch, "config.json", "model.safetensors", "tokenizer.json")
    with pytest.raises(ModelError, match=r"lacks source\.spm, target\.spm, vocab\.json; name a Marian model"):
        resolve("Some-One/bert")


def test_bundled_configurations_are_marian():
    for model in bundled_models():
        config = json.loads((MODELS / model.name / "config.json").read_text(encoding="utf-8"))
        assert config["model_type"] == "marian"


PERIOD = "100000\n"
#: What `/proc/self/cgroup` says, the files below `/sys/fs/cgroup`, and the cores of eight that are ours.
QUOTAS = {
    "v2, none": ("0::/", {"cpu.max": "max 100000"}, 8),
    "v2, one and a half": ("0::/", {"cpu.max": "150000 100000"}, 2),
    "v2, a half": ("0::/", {"cpu.max": "50000 100000"}, 1),
    "v2, whole": ("0::/", {"cpu.max": "300000 100000"}, 3),
    "v2, more than the affinity": ("0::/", {"cpu.max": "6400000 100000"}, 8),
    "v2, own group": ("0::/a/b", {"a/b/cpu.max": "200000 100000", "a/cpu.max": "max 100000"}, 2),
    "v2, group around": ("0::/a/b", {"a/b/cpu.max": "400000 100000", "a/cpu.max": "300000 100000"}, 3),
    "v2, another's group": ("0::/a/b", {"a/c/cpu.max": "100000 100000", "b/cpu.max": "100000 100000"}, 8),
    "v2, named as outside the container": ("0::/docker/1f", {"cpu.max": "200000 100000"}, 2),
    "v2, from above the namespace's root": ("0::/../../a", {"cpu.max": "200000 100000"}, 2),
    "v2, beside v1": ("1:cpu:/\n0::/a", {"unified/a/cpu.max": "200000 100000"}, 2),
    "v1, none": ("1:cpu:/", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": PERIOD}, 8),
    "v1, one and a half": ("1:cpu:/", {"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": PERIOD}, 2),
    "v1, group around": (
        "4:memory:/\n3:cpu,cpuacct:/slurm/job/step\n0::/",
        {"cpu,cpuacct/slurm/job/cpu.cfs_quota_us": "50000\n", "cpu,cpuacct/slurm/job/cpu.cfs_period_us": "20000\n"},
        3,
    ),
    "v1, named as outside the container": (
        "3:cpuacct,cpu:/docker/1f",
        {"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": PERIOD},
        4,
    ),
    "v1, another controller's group": (
        "2:cpuacct:/a\n1:cpu:/\n0::/a",
        {"cpu/a/cpu.cfs_quota_us": "100000\n", "cpu/a/cpu.cfs_period_us": PERIOD},
        8,
    ),
    "no groups": ("", {}, 8),
}


@pytest.mark.parametrize(("groups", "files", "expected"), QUOTAS.values(), ids=QUOTAS)
def test_cores_respect_quotas(
    groups: str, files: dict[str, str], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    there = {"proc/self/cgroup": groups + "\n"} if groups else {}
    for name, text in (there | {f"sys/fs/cgroup/{name}": text for name, text in files.items()}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert hardware.cores(tmp_path) == expected


def test_there_is_a_core_on_this_machine():
    assert 1 <= hardware.cores() <= (os.cpu_count() or 1)


class _Loader:
    """A loader that finds some libraries, among them a driver that knows one GPU, and remembers what it loaded."""

    def __init__(self, *found: str) -> None:
        self.found, self.loaded = ("libcuda.so.1", "nvcuda.dll", *found), []

    def __call__(self, name: str) -> SimpleNamespace:
        if name not in self.found:
            raise OSError(name)
        self.loaded.append(name)
        return SimpleNamespace(cuInit=lambda _: 0, cuDeviceGetCount=self._count)

    @staticmethod
    def _count(count) -> int:
        count._obj.value = 1
        return 0


@pytest.mark.parametrize("by_pip", [True, False])
def test_cublas_is_the_loaders_or_else_pips(by_pip: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    *_, cublas = hardware._CUBLAS
    package = [str(tmp_path / hardware._CUBLAS_FOLDER / library) for library in hardware._CUBLAS]
    if by_pip:
        (tmp_path / "nvidia_cublas_cu12-12.9.1.dist-info").mkdir()
        (tmp_path / "nvidia_cublas_cu12-12.9.1.dist-info" / "METADATA").write_text("Name: nvidia-cublas-cu12\n")
        monkeypatch.syspath_prepend(tmp_path)
    for found, loaded in (([cublas, *package], [cublas]), (package, package if by_pip else []), ([], [])):
        loader = _Loader(*found)
        monkeypatch.setattr(ctypes, "CDLL", loader)
        assert hardware.can_use_gpu("ctranslate2") == bool(loaded)
        assert loader.loaded[1:] == loaded, "what cuBLAS needs is loaded before it"


def test_tokenising_takes_one_thread(monkeypatch: pytest.MonkeyPatch):
    asked, processor = [], tokens.SentencePieceProcessor
    monkeypatch.setattr(
        tokens, "SentencePieceProcessor", lambda **options: asked.append(options) or processor(**options)
    )
    assert tokens.Tokenizer(MODELS / DEFAULT_MODEL).source(["Paix"])
    assert [options["num_threads"] for options in asked] == [1, 1]
