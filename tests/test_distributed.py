"""Translation on Ray: the same bytes as on this machine alone, though a worker is killed."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import pytest

from aligner import cluster, distributed
from aligner.distributed import RayPool, shares
from aligner.engines.fake import FakeEngine
from aligner.engines.translator import Translator
from aligner.errors import AlignerError, ModelError
from aligner.glossary import Glossary
from aligner.memory import Memory
from aligner.run import translate_paths
from aligner.translation import Unit

needs_ray = pytest.mark.skipif(
    not all(map(find_spec, ("ray", "pandas", "pyarrow"))), reason="Ray Data is not installed (aligner[ray])"
)
#: The command line with shards so small that a few short documents make many.
SMALL_SHARDS = "import aligner.distributed as d; d.SHARD = 800; from aligner.cli import main; main()"
PATIENCE = 300
CommandLine = Callable[..., tuple[int, str, str]]
BODIES = ("Le comité militaire", "La FIAS", "Le Conseil de l’Atlantique Nord", "L’état-major de Mons")
ACTS = (
    "a examiné hier à Bruxelles le rapport que les pays partenaires lui avaient remis",
    "enverra 1 200 soldats et vingt hélicoptères dans le sud du pays avant la fin de l’hiver",
    "ne commentera pas les chiffres publiés par la presse tant que l’enquête n’est pas close",
    "remercie l’OTAN, dont les experts ont formé plus de trois cents officiers",
    "demande que les routes, les ponts et les écoles soient reconstruits d’abord",
    "a rappelé que la sécurité des civils passe avant toute autre considération",
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    sentences = [f"{body} {act}." for body, act in product(BODIES, ACTS)]
    for number in range(3):
        text = "\n\n".join((f"Communiqué {number}", " ".join(sentences[number::3]), "Mis à jour le: 13 Oct. 2023"))
        (folder / f"note-{number}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def local(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run on this machine alone writes."""
    output = tmp_path_factory.mktemp("local")
    translate_paths([documents], output, Translator.load(), Glossary.load())
    return _files(output)


def _files(output: Path) -> dict[str, bytes]:
    """Everything in an output folder but the manifest, which has the time that the run took."""
    paths = (path for path in output.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in paths}


def _translate(*arguments: object) -> subprocess.Popen[str]:
    """Run `aligner translate` on a Ray of its own with two workers."""
    command = [sys.executable, "-c", SMALL_SHARDS, "translate", *map(str, arguments), "--quiet"]
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    return subprocess.Popen(
        [*command, "--engine-pool", "ray", "--ray-workers", "2", "--threads", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _busy_workers(driver: int) -> set[int]:
    """Find the workers of a driver that are translating, by the names that Ray gives them."""
    parents: dict[int, int] = {}
    busy = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "cmdline").read_bytes()
            parents[int(folder.name)] = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has just ended
        if name.startswith(b"ray::MapWorker") and b".submit" in name:
            busy.add(int(folder.name))
    return {one for one in busy if driver in _ancestors(one, parents)}


def _ancestors(process: int, parents: dict[int, int]) -> Iterator[int]:
    while process in parents:
        process = parents[process]
        yield process


class Mute:
    """A pool that must not be asked anything."""

    wave = 1000

    def __init__(self) -> None:
        self.info = Translator.load().info

    def translate(self, units: Sequence[Unit], *_: object):
        pytest.fail(f"{units[0].text!r} is not in the memory")


@needs_ray
@pytest.mark.slow
def test_the_same_bytes_as_on_one_machine(documents: Path, local: dict[str, bytes], tmp_path: Path):
    running = _translate(documents, "-o", tmp_path / "ray", "--memory", tmp_path / "memory")
    assert (*running.communicate(timeout=PATIENCE), running.returncode) == ("", "", 0)
    assert _files(tmp_path / "ray") == local
    with Memory(tmp_path / "memory") as memory:
        translate_paths([documents], tmp_path / "again", Mute(), Glossary.load(), memory=memory)
    assert _files(tmp_path / "again") == local


@needs_ray
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds workers in /proc")
def test_a_killed_worker_is_replaced(documents: Path, local: dict[str, bytes], tmp_path: Path):
    running = _translate(documents, "-o", tmp_path, "--no-memory")
    seen: set[int] = set()
    killed = 0
    while running.poll() is None:
        busy = _busy_workers(running.pid)
        if busy and not killed:
            killed = min(busy)
            os.kill(killed, signal.SIGKILL)
        seen |= busy
        time.sleep(0.02)
    assert (*running.communicate(timeout=PATIENCE), running.returncode) == ("", "", 0)
    assert killed
    assert len(seen) > 2, "nobody took the place of the killed worker"
    assert _files(tmp_path) == local


@needs_ray
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("head", "'head' is no address of a Ray cluster; name auto, or HOST:PORT"),
        ("head:port", "'head:port' is no address of a Ray cluster"),
        ("127.0.0.1:{}", "no Ray cluster at 127.0.0.1:{} can be joined (Connection refused); see `ray status`"),
    ],
)
def test_a_wrong_address(command_line: CommandLine, documents: Path, address: str, message: str):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = (documents, "-o", documents / "out", "--engine-pool", "ray", "--ray-address", address.format(port))
    code, out, error = command_line("translate", *asked)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert error.startswith(f"aligner: {message.format(port)}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--engine-pool", "spark"), "there is no engine pool 'spark'; use local or ray"),
        (("--ray-workers", "2"), "--ray-address and --ray-workers are for Ray; add --engine-pool ray"),
        pytest.param(
            ("--engine-pool", "ray", "--ray-address", "auto", "--threads", "2"),
            "--threads is for this machine, and Ray runs elsewhere; use --ray-workers, which share its CPUs",
            marks=needs_ray,
        ),
    ],
)
def test_wrong_options(command_line: CommandLine, documents: Path, arguments, message: str):
    assert command_line("translate", documents, *arguments) == (2, "", f"aligner: {message}\n")


def test_without_ray(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "find_spec", lambda _name: None)
    with pytest.raises(AlignerError, match=r"pip install 'aligner\[ray\]'"):
        RayPool()


@needs_ray
def test_a_worker_with_another_version_refuses():
    model = replace(RayPool()._model, code="another")
    answer = distributed._Worker(model, 1, {})({"key": "a", "units": b""})
    assert (answer["key"], answer["failed"]) == ("a", True)
    assert "has another aligner" in answer["said"][0]


def test_a_users_error_in_a_shard_goes_back_as_data():
    def out_of_memory(_text: str) -> str:
        raise ModelError("the GPU has too little memory", "use a smaller --batch-tokens")

    class Model:
        def load(self, _threads: int) -> Translator:
            return Translator(FakeEngine(out_of_memory))

    answer = distributed._Worker(Model(), 1, {})({"key": "a", "units": pickle.dumps([Unit("Il pleut.")])})
    problem = f"on {socket.gethostname()}, the GPU has too little memory"
    assert answer == {"key": "a", "said": [problem, "use a smaller --batch-tokens"], "failed": True}


@needs_ray
def test_shards_are_keyed_by_content():
    pool = RayPool()
    units = [Unit(f"Phrase {number}{' longue' * (number % 7)}.") for number in range(500)]
    shards, turned = pool._shards(units, {}), pool._shards(units[::-1], {})
    assert len(shards) > 1
    assert sorted(at for places in shards.values() for at in places) == list(range(500))
    assert pool._shards(units, {}) == shards
    for key in shards.keys() & turned.keys():
        assert [units[at] for at in shards[key]] == [units[::-1][at] for at in turned[key]]


@pytest.mark.parametrize(
    ("cpus", "wanted", "expected"),
    [
        ([2], None, (1, 2)),
        ([2], 2, (2, 1)),
        ([2], 9, (2, 1)),
        ([5, 5], None, (10, 1)),
        ([4, 4], 1, (1, 4)),  # no worker spans two nodes
        ([64, 2], 4, (4, 16)),
    ],
)
def test_workers_share_the_cpus(cpus: list[int], wanted: int | None, expected: tuple[int, int]):
    assert shares(cpus, wanted) == expected
