"""Building a corpus: read pairs, leave out what does not belong, split, and write."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from aligner.corpus.duplicates import Seen, letters
from aligner.corpus.filters import FILTERS, Limits, has_confidence, judge
from aligner.corpus.split import DEV, PARTS, TEST, TRAIN, Amount, assign, count, drawn
from aligner.corpus.spool import spooled
from aligner.corpus.writers import WRITERS, check_formats, default_formats, rejections
from aligner.errors import AlignerError, FileError
from aligner.formats import moses
from aligner.formats.files import document_files, write_atomic
from aligner.formats.pairs import read_pairs
from aligner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from aligner.corpus.spool import Spool
    from aligner.formats.units import TextPair

    Reject = Callable[[TextPair, Sequence[str]], object]

REJECTED, COUNTS, MANIFEST = "rejected.tsv", "counts.json", "manifest.json"
#: Why pairs are left out, by the name of the reason: the filters, and what only the other pairs can tell.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        **{one.name: one.description for one in FILTERS.values()},
        "duplicate": "it is there already",
        "near-duplicate": "it is there already but for case, figures or punctuation",
        "held-out": "a side of it is in dev or test but for case, figures or punctuation",
    }
)
#: A progress bar is not moved for every line.
_LINES_AT_A_TIME = 1000
#: Every file that a build may write but for the three above.
_PART_FILES = tuple(f"{part}{suffix}" for part in PARTS for suffixes, _ in WRITERS.values() for suffix in suffixes)


@dataclass(slots=True)
class Build:
    """What a corpus was built of.

    `kept` and `documents` count by part, `reasons` the pairs that were left out by reason, of which a pair may have
    several, and `alone` those that had no other; `links` those whose score is a link's probability. `apart` says that
    no document is in two parts; `files` are names in the output folder.
    """

    pairs: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    links: int = 0
    apart: bool = True
    files: tuple[str, ...] = ()

    @property
    def rejected(self) -> int:
        """How many pairs were left out."""
        return self.pairs - self.kept.total()

    def counts(self) -> dict[str, object]:
        """The content of counts.json."""
        found = {
            name: {"pairs": self.reasons[name], "alone": self.alone[name]} for name in REASONS if self.reasons[name]
        }
        return {
            "pairs": self.pairs,
            "kept": {part: self.kept[part] for part in PARTS},
            "documents": {part: self.documents[part] for part in PARTS},
            "documents_apart": self.apart,
            "rejected": self.rejected,
            "reasons": found,
        }


def build_corpus(
    paths: Sequence[Path | str],
    output: Path | str,
    limits: Limits | None = None,
    *,
    without: Collection[str] = (),
    dev: Amount = None,
    test: Amount = None,
    seed: int = 1,
    formats: Sequence[str] | None = None,
    on_lines: Callable[[int], None] | None = None,
) -> Build:
    """Build a corpus of bilingual files and outputs folders, in passes that hold digests of pairs and not pairs.

    `without` names reasons that pairs are not left out for. `on_lines` is told how many more lines of the inputs are
    read (`input_lines` has their sum). Files of an earlier build that this one does not write are removed.

    Raises AlignerError for an unknown reason or format and for parts that leave nothing to train on, FileError for a
    file that cannot be read; nothing is written then.
    """
    started = time.perf_counter()
    limits = limits or Limits()
    chosen = default_formats() if formats is None else check_formats(formats)
    _check_reasons(without)
    inputs, output, build = _inputs(paths), Path(output), Build()
    output.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        kept = stack.enter_context(spooled(output))
        reject = _counted(stack.enter_context(rejections(output / REJECTED)), build)
        for pair, reasons in _judged(_read(inputs, on_lines), limits, without):
            build.pairs += 1
            build.links += has_confidence(pair)
            if reasons:
                reject(pair, reasons)
            else:
                kept.add(pair)
        wanted = _wanted(kept.sizes.total(), dev, test)
        part_of, build.apart = _division(kept, wanted, seed)
        names = [part for part in PARTS if part == TRAIN or wanted[part]]
        writers = {part: [stack.enter_context(WRITERS[name][1](output / part)) for name in chosen] for part in names}
        documents = set()
        for part, pair in _divided(kept, part_of, reject, hold_out="held-out" not in without):
            documents.add((part, pair.document))
            build.kept[part] += 1
            for write in writers[part]:
                write(pair)
    build.documents.update(part for part, _ in documents)
    part_files = [f"{part}{suffix}" for part in names for name in chosen for suffix in WRITERS[name][0]]
    build.files = (*part_files, REJECTED, COUNTS, MANIFEST)
    _remove_stale(output, part_files)
    write_atomic(output / COUNTS, _json(build.counts()))
    options = {"limits": asdict(limits), "without": sorted(without), **wanted, "seed": seed, "formats": chosen}
    _write_manifest(output, inputs, options, build, time.perf_counter() - started)
    return build


def input_lines(paths: Sequence[Path | str]) -> int:
    """Sum the lines of the files that a build reads; what cannot be read counts as nothing."""
    files = [file for path in _inputs(paths) for file in (document_files(path) if path.is_dir() else [path])]
    return sum(map(_lines, files))


def _lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0


def _check_reasons(names: Collection[str]) -> None:
    unknown = sorted(set(names) - REASONS.keys())
    if unknown:
        raise AlignerError(
            f"there is no reason {unknown[0]!r} to leave pairs out", f"choose among {', '.join(REASONS)}"
        )


def _inputs(paths: Sequence[Path | str]) -> list[Path]:
    """The inputs, each once: of Moses' two files, either stands for both."""
    french, english = moses.SUFFIXES
    found = (Path(path) for path in paths)
    return list(dict.fromkeys(path.with_suffix(french) if path.suffix.lower() == english else path for path in found))


def _read(inputs: Sequence[Path], on_lines: Callable[[int], None] | None) -> Iterator[TextPair]:
    """Read all pairs; each names a document and itself, if only by the file and the line that it is from."""
    for path in inputs:
        if not path.exists():
            raise FileError("does not exist", "check the path", path=path)
    for path in inputs:
        for pair in _told(read_pairs(path), on_lines):
            yield replace(
                pair,
                source=pair.source.replace("\t", " ").strip(),
                target=pair.target.replace("\t", " ").strip(),
                document=pair.document or Path(pair.file).name,
                id=pair.id or str(pair.line),
            )


def _told(pairs: Iterator[TextPair], on_lines: Callable[[int], None] | None) -> Iterator[TextPair]:
    """Pass pairs on, and tell of the lines they are from, some at a time."""
    file, told, line = "", 0, 0
    for pair in pairs:
        if on_lines and (pair.file != file or line - told >= _LINES_AT_A_TIME):
            on_lines(line - told)
            told = line if pair.file == file else 0
        file, line = pair.file, pair.line
        yield pair
    if on_lines:
        on_lines(line - told)


def _judged(
    pairs: Iterable[TextPair], limits: Limits, without: Collection[str]
) -> Iterator[tuple[TextPair, Sequence[str]]]:
    """Give each pair the reasons to leave it out; what is there already is asked for no others."""
    seen = None if "duplicate" in without else Seen(near="near-duplicate" not in without)
    for pair in pairs:
        digests = seen.digests(pair.source, pair.target) if seen else (0, 0)
        again = seen.check(digests) if seen else None
        reasons = (again,) if again else judge(pair, limits, without)
        if seen and not reasons:
            seen.add(digests)
        yield pair, reasons


def _counted(reject: Reject, build: Build) -> Reject:
    def count_and_reject(pair: TextPair, reasons: Sequence[str]) -> None:
        build.reasons.update(reasons)
        build.alone.update(reasons if len(reasons) == 1 else ())
        reject(pair, reasons)

    return count_and_reject


def _wanted(total: int, dev: Amount, test: Amount) -> dict[str, int]:
    wanted = {DEV: count(dev, total), TEST: count(test, total)}
    if total and sum(wanted.values()) >= total:
        problem = f"dev and test are to have {wanted[DEV]} and {wanted[TEST]} of {total} pairs"
        raise AlignerError(problem, "ask for less with --dev and --test, and leave some to train on")
    return wanted if total else {DEV: 0, TEST: 0}


def _division(kept: Spool, wanted: Mapping[str, int], seed: int) -> tuple[Callable[[TextPair], str], bool]:
    """Say which part a pair belongs to, and whether that keeps documents apart."""
    total, parts = kept.sizes.total(), assign(kept.sizes, wanted, seed)
    if parts is None:
        return lambda pair: drawn(f"{pair.source}\n{pair.target}", wanted, total, seed), False
    return lambda pair: parts[pair.document], True


def _divided(
    kept: Spool, part_of: Callable[[TextPair], str], reject: Reject, *, hold_out: bool
) -> Iterator[tuple[str, TextPair]]:
    """Put each pair into its part; what would let training see a sentence of dev or test is rejected."""
    held = {side for pair in kept if part_of(pair) != TRAIN for side in _sides(pair)} if hold_out else set()
    for pair in kept:
        part = part_of(pair)
        if part == TRAIN and not held.isdisjoint(_sides(pair)):
            reject(pair, ("held-out",))
        else:
            yield part, pair


def _sides(pair: TextPair) -> set[tuple[str, str]]:
    return {("fr", letters(pair.source)), ("en", letters(pair.target))} - {("fr", ""), ("en", "")}


def _remove_stale(output: Path, written: Sequence[str]) -> None:
    """Remove what an earlier build wrote for another choice of parts or formats, and would be taken for this one's."""
    try:
        files = json.loads((output / MANIFEST).read_bytes())["files"]
        earlier = {name for name in _PART_FILES if name in files}
    except (OSError, ValueError, KeyError, TypeError):
        return  # there is no earlier build that we know of
    for name in earlier.difference(written):
        (output / name).unlink(missing_ok=True)


def _write_manifest(
    output: Path, inputs: Sequence[Path], options: Mapping[str, object], build: Build, seconds: float
) -> None:
    manifest = {
        "aligner": __version__,
        "command": "corpus build",
        "inputs": [path.as_posix() for path in inputs],
        **options,
        "language_identification": f"py3langid {version('py3langid')}",
        "pairs": build.pairs,
        "files": build.files,
        "seconds": round(seconds, 2),
    }
    write_atomic(output / MANIFEST, _json(manifest))


def _json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
