"""From paths, folders and globs to the inputs of a run, each with a name that no other input has."""

from __future__ import annotations

import glob
import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from aligner.decode import STDIN
from aligner.errors import AlignerError
from aligner.readers.text import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

#: Folders inside an input folder that hold something else than sources.
NOT_SOURCES = ("references",)


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read: its path (or `-`), its name among the outputs, and the folder it was found in, if any."""

    path: Path
    name: str
    folder: Path | None = None


def discover(
    paths: Sequence[Path | str], exclude: Path | None = None, reserved: Collection[str] = ()
) -> tuple[Input, ...]:
    """Find the documents under paths, folders and globs, in a stable order, each once.

    A folder or a glob gives every file in it that has a reader, deeply, but no hidden file, no README, nothing in
    `references/` and nothing in the folder `exclude`; neither do several paths, which a shell may have made of a
    glob. Names are paths inside the folder without the ending; where two would be equal (also on a file system that
    folds case) both keep their ending, and then take their folder's name too. So does a name that would put a folder
    where the outputs have a file; `reserved` are these, in lower case.

    Raises AlignerError for a path that does not exist and for paths that hold nothing to translate.
    """
    once: dict[Path, tuple[Path, Path | None]] = {}
    for path in paths:
        for file, folder in _expand(str(path)):
            alone = folder is None and len(paths) == 1
            if alone or str(file) == STDIN or _is_source(file, folder, exclude):
                once.setdefault(file.resolve(), (file, folder))
    found = tuple(once.values())
    if not found:
        remedy = f"name files ending in {', '.join(SUFFIXES)} or a folder that has some"
        raise AlignerError("nothing to translate", remedy, path=", ".join(map(str, paths)))
    return tuple(Input(path, name, folder) for (path, folder), name in zip(found, _names(found, reserved), strict=True))


def _expand(path: str) -> Iterator[tuple[Path, Path | None]]:
    if path == STDIN:
        yield Path(STDIN), None
    elif Path(path).is_dir():
        if Path(path).name not in NOT_SOURCES:
            yield from ((file, Path(path)) for file in _files(Path(path)))
    elif Path(path).exists():
        yield Path(path), None
    elif matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 (Path.glob takes no absolute pattern)
        fixed = itertools.takewhile(lambda part: not glob.has_magic(part), Path(path).parts)
        folder = Path(*fixed)
        for match in map(Path, matches):
            yield from ((file, folder) for file in ((match,) if match.is_file() else _files(match)))
    else:
        raise AlignerError("does not exist", "check the path or the pattern", path=path)


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if file.is_file() and file.suffix.lower() in SUFFIXES:
            yield file


def _is_source(file: Path, folder: Path | None, exclude: Path | None) -> bool:
    parts = file.relative_to(folder).parts if folder else (file.name,)
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    kept_apart = any(part in NOT_SOURCES for part in parts[:-1]) or file.stem.lower() == "readme"
    written = exclude is not None and file.resolve().is_relative_to(exclude.resolve())
    return not (hidden or kept_apart or written)


def _names(found: Sequence[tuple[Path, Path | None]], reserved: Collection[str]) -> tuple[str, ...]:
    """Give each file the shortest of its names that no other has."""
    candidates = [tuple(_spellings(path, folder)) for path, folder in found]
    levels = [0] * len(found)
    while True:
        names = [options[level] for options, level in zip(candidates, levels, strict=True)]
        taken = Counter(map(str.casefold, names))
        clashing = [i for i, name in enumerate(names) if taken[name.casefold()] > 1 or _top(name) in reserved]
        if not clashing:
            return tuple(names)
        for i in clashing:
            if levels[i] + 1 == len(candidates[i]):
                path = found[i][0]
                raise AlignerError("would share its output with another input", "translate them apart", path=path)
            levels[i] += 1


def _top(name: str) -> str:
    return name.split("/", maxsplit=1)[0].casefold()


def _spellings(path: Path, folder: Path | None) -> Iterable[str]:
    """Names for a file, shortest first: without its ending, with it, and below its folders, innermost first."""
    if str(path) == STDIN:
        return ("stdin", "stdin.txt")
    inside = PurePosixPath(path.relative_to(folder).as_posix() if folder else path.name)
    outer = path.absolute().parents[len(inside.parts) - 1]
    above = [part for part in outer.parts if part != outer.anchor]
    longer = [str(PurePosixPath(*above[-depth:]) / inside) for depth in range(1, len(above) + 1)]
    return (str(inside.with_suffix("")), str(inside), *longer)
