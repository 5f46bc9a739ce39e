"""A run that aligns what is translated already: pairs of files in, an output folder out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.align import Agreement, score_alignment
from aligner.checks import Profile
from aligner.decode import read_text
from aligner.errors import AlignerError, FileError
from aligner.formats import links
from aligner.formats.corpus import write_corpus
from aligner.formats.files import one_writer, remove_temporaries, safe_path, write_atomic
from aligner.model import Block, BlockKind, Document, ModelInfo
from aligner.outputs import (
    HTML,
    REPORT,
    REVIEW_PAGE,
    base_path,
    first_segments,
    read_edit_log,
    remove_other_formats,
    write_document,
    write_run,
)
from aligner.pipeline import align_documents
from aligner.readers import read_document
from aligner.readers.text import SUFFIXES
from aligner.review import RunSummary, summarise
from aligner.revision import with_reviewed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aligner.model import Bitext, Link
    from aligner.similarity.evidence import Scorer

#: Endings that are read with `segmented`, besides those of documents.
SEGMENTED = (".fr", ".en")
_LANGUAGE = re.compile(r"[._-](fr|fra|fre|en|eng)([-_][a-z]{2})?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FilePair:
    """A document's file and that of its translation."""

    name: str
    source: Path
    target: Path


@dataclass(slots=True)
class Aligned:
    """What a run made: its summary, the links of each document, and how they agree with those made by hand."""

    summary: RunSummary
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    agreement: Agreement | None = None


def pair_files(source: Path, target: Path, *, segmented: bool = False) -> tuple[tuple[FilePair, ...], tuple[Path, ...]]:
    """Pair two files, or the files of two folders by name; also give those of the folders that have no partner.

    Names are paths below the folder without their ending and without the language in front of it: `a/note.fr.txt`
    and `a/note-EN.txt` are a pair. One folder may hold both languages, if the names tell; a folder inside the other is
    no part of it.

    Raises AlignerError for paths that do not exist, for a file beside a folder, and where nothing is paired.
    """
    for path in (source, target):
        if not path.exists():
            raise AlignerError("does not exist", "check the path", path=path)
    if source.is_dir() != target.is_dir():
        kinds = ("a folder", "a file") if source.is_dir() else ("a file", "a folder")
        raise AlignerError(f"is {kinds[0]} and {target} {kinds[1]}", "name two files or two folders", path=source)
    if not source.is_dir():
        return (FilePair(_key(Path(source.name)), source, target),), ()
    near, far = _files(source, target, segmented=segmented), _files(target, source, segmented=segmented)
    if source.resolve() == target.resolve():
        near = {key: [path for path in paths if not _is(path, "en")] for key, paths in near.items()}
        far = {key: [path for path in paths if _is(path, "en")] for key, paths in far.items()}
    pairs, alone = [], []
    for key in sorted(near.keys() | far.keys()):
        ours, theirs = near.get(key, []), far.get(key, [])
        if len(ours) == len(theirs) == 1:
            pairs.append(FilePair(key, ours[0], theirs[0]))
        else:
            alone += [*ours, *theirs]
    if not pairs:
        raise AlignerError("has no file that a file there is named like", f"compare it with {target}", path=source)
    return tuple(pairs), tuple(dict.fromkeys(alone))


def align_files(
    pairs: Sequence[FilePair],
    output: Path,
    scorer: Scorer,
    *,
    scorer_name: str,
    formats: Sequence[str],
    segmented: bool = False,
    min_score: float = 0.0,
    gold: Path | None = None,
    unpaired: Sequence[Path] = (),
    on_done: Callable[[int], None] | None = None,
) -> Aligned:
    """Align pairs of files and write them, with `NAME.links` beside the formats.

    What reviewers decided on an earlier alignment in `output` is kept, as by a translation run.
    The run's corpus has the pairs with text on both sides that score `min_score` at least. `gold` is a file of links
    made by hand for the one pair there is. `on_done` is told after each pair. What is wrong with a pair among several
    is told in the summary.

    Raises AlignerError for what is wrong with the only pair, and for gold links that are not its own.
    """
    if gold is not None and len(pairs) != 1:
        raise AlignerError("are the links of one pair of files", "name two files", path=gold)
    wanted = None if gold is None else links.read(_bytes(gold), gold)
    model = ModelInfo(f"alignment by {scorer_name}", "", "", scorer_name)
    run = Aligned(RunSummary(model))
    bitexts: list[Bitext] = []
    documents = []
    failed = [(str(path), "has no partner of the same name; name it like its translation") for path in unpaired]
    output.mkdir(parents=True, exist_ok=True)
    with one_writer(output):
        remove_temporaries(output)
        for pair in pairs:
            try:
                bitext, found, suffixes = _aligned(pair, output, scorer, model, formats, segmented=segmented)
            except AlignerError as error:
                if len(pairs) == 1 and not unpaired:
                    raise
                failed.append((pair.name, f"{error.problem}; {error.remedy}"))
            else:
                bitexts.append(bitext)
                documents.append(summarise(bitext, formats=suffixes))
                run.links[pair.name] = found
                if wanted is not None:
                    run.agreement = score_alignment(wanted, found)
            if on_done is not None:
                on_done(1)
        files = write_corpus(output, (_kept(bitext, min_score) for bitext in bitexts))
        in_one_page = first_segments(bitexts) if HTML in formats else ()
        names = (*(path.name for path in files), *((REVIEW_PAGE,) if in_one_page else ()), REPORT)
        run.summary = replace(run.summary, documents=tuple(documents), failed=tuple(failed), files=names)
        write_run(output, run.summary, in_one_page)
    return run


def _aligned(
    pair: FilePair, output: Path, scorer: Scorer, model: ModelInfo, formats: Sequence[str], *, segmented: bool
) -> tuple[Bitext, tuple[Link, ...], tuple[str, ...]]:
    """Align a pair and write its files, with what reviewers decided on it; also give its links and the files' endings.

    Raises AlignerError for what is wrong with the pair.
    """
    safe_path(output, pair.name)
    near, far = (_read(path, pair.name, segmented=segmented) for path in (pair.source, pair.target))
    made, found = align_documents(near, far, scorer, by_block=segmented)
    bitext = with_reviewed(made, read_edit_log(output, pair.name), Profile.beside(output))
    suffixes = write_document(output, bitext, formats, model)
    remove_other_formats(output, pair.name, formats)
    write_atomic(safe_path(output, base_path(pair.name), links.SUFFIX), links.write(found))
    return bitext, found, (*suffixes, links.SUFFIX.lstrip("."))


def document_of_lines(text: str, name: str, encoding: str = "utf-8") -> Document:
    """Make a document whose blocks are its lines, blank ones too."""
    blocks, start = [], 0
    for line in text.removesuffix("\n").split("\n"):
        blocks.append(Block(BlockKind.PARAGRAPH, start, start + len(line.removesuffix("\r"))))
        start += len(line) + 1
    return Document(name, text, tuple(blocks), encoding)


def _kept(bitext: Bitext, least: float) -> Bitext:
    good = (pair for pair in bitext.pairs if pair.source.text.strip() and pair.target.strip() and pair.score >= least)
    return replace(bitext, pairs=tuple(good))


def _read(path: Path, name: str, *, segmented: bool) -> Document:
    if not segmented:
        return read_document(path, name)
    text, encoding = read_text(path)
    return document_of_lines(text, name, encoding)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot be read ({(error.strerror or 'error').lower()})", "check it", path=path) from error


def _files(folder: Path, other: Path, *, segmented: bool) -> dict[str, list[Path]]:
    """Find the files of a folder that can be read, without those of the other one inside it, by what pairs them."""
    endings = (*SUFFIXES, *(SEGMENTED if segmented else ()))
    nested = other.resolve().is_relative_to(folder.resolve()) and other.resolve() != folder.resolve()
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        left_out = any(part.startswith(".") for part in inside.parts) or (
            nested and path.resolve().is_relative_to(other.resolve())
        )
        if path.is_file() and not left_out and path.suffix.lower() in endings and path.stem.lower() != "readme":
            found.setdefault(_key(inside), []).append(path)
    return found


def _key(inside: Path) -> str:
    """Name a file by its path without ending and language.

    >>> _key(Path("a/note.fr.txt")), _key(Path("note-EN.md")), _key(Path("note.fr"))
    ('a/note', 'note', 'note')
    """
    bare = inside.with_suffix("") if inside.suffix.lower() in SUFFIXES else inside
    return _LANGUAGE.sub("", bare.as_posix()) or bare.as_posix()


def _is(path: Path, language: str) -> bool:
    bare = path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
    found = _LANGUAGE.search(bare.name)
    return found is not None and found[1].lower().startswith(language)
