"""A run over many documents: from paths to an output folder, wave by wave, with its summary and its manifest.

Three threads keep the engine busy: one reads ahead, the caller's translates, one finishes and writes behind.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from aligner.ahead import ahead
from aligner.checks import DEFAULT, Profile
from aligner.engines.translator import Translator
from aligner.errors import AlignerError, FileError
from aligner.formats import FORMATS
from aligner.formats.corpus import FILES as CORPUS_FILES
from aligner.formats.corpus import corpus_files
from aligner.formats.files import one_writer, remove_temporaries, safe_path, write_atomic
from aligner.glossary import Glossary
from aligner.outputs import (
    HTML,
    INDEX_PAGE,
    MANIFEST,
    REPORT,
    REVIEW_PAGE,
    RUN_FILES,
    first_segments,
    log_path,
    read_edit_log,
    read_report,
    remove_other_formats,
    write_document,
    write_profile,
    write_run,
)
from aligner.pipeline import Evidence, Wave, evidence, finish, prepare, score_evidence
from aligner.readers import Input, discover, read_document
from aligner.review import DocumentSummary, RunSummary, count_words, summarise
from aligner.revision import with_approved, with_reviewed
from aligner.translation import LocalPool, code_sha256, translate_units
from aligner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from aligner.memory import Memory
    from aligner.model import Bitext, Document
    from aligner.translation import Pool, Translation

    #: Is told how many more bytes of the inputs are done with, and how many more of their words were translated now.
    Progress = Callable[[int, int], None]

FORMAT_NAMES = (*FORMATS, HTML)
DEFAULT_FORMATS = (*(name for name, form in FORMATS.items() if form.default), HTML)
#: A reference translation of NAME is here, below the input folder.
REFERENCES, REFERENCE_SUFFIX = "references", ".en.txt"
#: A document's own glossary is beside it, named like it but for its ending; its entries go before the run's.
OWN_GLOSSARY = tuple(f".glossary{suffix}" for suffix in (".csv", ".tsv", ".tbx", ".xlsx"))


@dataclass(slots=True)
class _Run:
    """What a run gathers as it goes on."""

    output: Path
    pool: Pool
    glossary: Glossary
    references: Path | None
    formats: tuple[str, ...]
    profile: Profile
    memory: Memory | None
    #: What reviewers approved, by source.
    approved: Mapping[str, str]
    summaries: list[DocumentSummary] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    #: The names and the digests of the glossaries that documents have for themselves, by document name.
    own: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    #: The documents that a reference was found for.
    aligned: list[str] = field(default_factory=list)
    #: The documents of the page for the whole run, as many as fit.
    in_one_page: tuple[Bitext, ...] = ()
    #: Whether a document could not be written, say to a full disk, so that the next run has to try again.
    unwritten: bool = False
    #: Is set when the run is at its end or cut off; its threads then go no further than the document they are at.
    left: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class _Job:
    """A wave with its reference translations by document name, and the size of its files in bytes, failed ones too."""

    wave: Wave
    references: dict[str, Document]
    size: int


def translate_paths(
    paths: Sequence[Path | str],
    output: Path | str,
    translator: Translator | Pool,
    glossary: Glossary,
    *,
    references: Path | str | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    profile: Profile = DEFAULT,
    memory: Memory | None = None,
    on_done: Progress | None = None,
) -> RunSummary:
    """Translate files, folders and globs into an output folder, and say what came of it.

    `references` is a folder of `NAME.en.txt`; without it, `references/` in each input folder is used. Beside a
    document, `NAME.glossary.csv` (or .tsv, .tbx, .xlsx) goes before the glossary, unless that is empty. `profile` says
    which checks run. What `memory` knows is not translated again; where nothing at all has changed since the last run
    into the folder, with a memory, nothing is done. `on_done` is told how many more bytes of the inputs are done with
    (`input_bytes` has their sum), and how many more words were translated rather than known. A document that cannot be
    read is in the summary's `failed`; the others are written.

    Raises AlignerError when nothing is there to translate, a format is unknown or `references` is no folder.
    """
    chosen = check_formats(formats)
    if references is not None and not Path(references).is_dir():
        raise AlignerError("is not a folder", "name the folder that has NAME.en.txt", path=references)
    inputs = discover(paths, Path(output), RUN_FILES)
    pool = LocalPool(translator) if isinstance(translator, Translator) else translator
    folder = None if references is None else Path(references)
    approved = {} if memory is None else memory.approved()
    run = _Run(Path(output), pool, glossary, folder, chosen, profile, memory, approved)
    run.output.mkdir(parents=True, exist_ok=True)
    with one_writer(run.output):
        remove_temporaries(run.output)
        state = _fingerprint(run, inputs)
        last = None if memory is None else _unchanged(run, state)
        return replace(last, unchanged=True) if last else _anew(run, inputs, state, on_done or (lambda *_: None))


def _anew(run: _Run, inputs: Sequence[Input], state: str, on_done: Progress) -> RunSummary:
    """Do the whole run."""
    started = time.perf_counter()
    # If this run is cut off, what it leaves is not what the last one said of the folder.
    (run.output / MANIFEST).unlink(missing_ok=True)
    write_profile(run.output, run.profile)
    _translate(run, inputs, on_done)
    scores, baseline = score_evidence(run.evidence)
    summary = RunSummary(
        model=run.pool.info,
        glossaries=run.glossary.names,
        documents=tuple(run.summaries),
        scores=scores,
        baseline=baseline,
        failed=tuple(sorted(run.failed)),
        files=(*CORPUS_FILES, *((REVIEW_PAGE,) if HTML in run.formats and run.summaries else ()), REPORT, MANIFEST),
    )
    write_run(run.output, summary, run.in_one_page)
    made = "" if run.unwritten else state
    write_atomic(run.output / MANIFEST, _json(_manifest(run, summary, made, time.perf_counter() - started)))
    return summary


def check_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats, each once; raises AlignerError for none and for an unknown one."""
    unknown = [name for name in formats if name not in FORMAT_NAMES]
    if unknown or not formats:
        problem = f"there is no format {unknown[0]!r}" if unknown else "no format is named"
        raise AlignerError(problem, f"choose among {', '.join(FORMAT_NAMES)}")
    return tuple(dict.fromkeys(formats))


def input_bytes(paths: Sequence[Path | str], output: Path | str) -> int:
    """Sum the sizes of the files that a run translates; standard input counts as nothing."""
    return sum(_size(found) for found in discover(paths, Path(output), RUN_FILES))


def _size(found: Input) -> int:
    return found.path.stat().st_size if found.path.is_file() else 0


def _translate(run: _Run, inputs: Sequence[Input], on_done: Progress) -> None:
    """Translate and write the inputs wave by wave; of what is written only its evidence is held, and one page."""
    behind: Future[None] | None = None
    with (
        corpus_files(run.output) as add,
        ThreadPoolExecutor(1, "aligner-writer") as writer,
        closing(ahead(_jobs(run, inputs))) as jobs,
    ):
        try:
            for job in jobs:
                advance = _advance(job, on_done)
                translations = translate_units(job.wave.units, run.pool, run.glossary.spellings, run.memory, advance)
                if behind is not None:
                    behind.result()
                behind = writer.submit(_finish, run, job, translations, add)
            if behind is not None:
                behind.result()
        finally:
            run.left.set()


def _finish(run: _Run, job: _Job, translations: Sequence[Translation], add: Callable[[Bitext], None]) -> None:
    """Check and write the documents of a wave."""
    for bitext in finish(job.wave, translations, job.references, run.profile):
        try:
            written = _write(run, bitext)
        except (AlignerError, OSError) as error:
            run.failed.append((bitext.document.name, str(error)))
            run.unwritten |= isinstance(error, OSError)
        else:
            add(written)
        if run.left.is_set():
            return


def _jobs(run: _Run, inputs: Sequence[Input]) -> Iterator[_Job]:
    """Read the inputs, as many at a time as make a wave, and prepare them."""
    documents: list[Document] = []
    references: dict[str, Document] = {}
    own: dict[str, Glossary] = {}
    characters = size = 0
    for one in inputs:
        if run.left.is_set():
            return
        size += _size(one)
        try:
            safe_path(run.output, one.name)
            document = read_document(one.path, one.name)
            beside = _own_glossaries(one) if run.glossary else []
            own |= {one.name: Glossary.load(*beside)} if beside else {}
        except AlignerError as error:
            # The document's own glossary may be what cannot be read.
            where = f"{error.path or one.path}:{error.line}" if error.line else str(error.path or one.path)
            run.failed.append((where, f"{error.problem}; {error.remedy}"))
            continue
        run.encodings[one.name] = document.encoding
        if one.name in own:
            run.own[one.name] = own[one.name].names, own[one.name].sha256
        documents.append(document)
        if (reference := _reference(run, one)) is not None:
            references[one.name] = reference
        characters += len(document.text)
        if characters >= run.pool.wave:
            yield _Job(prepare(documents, run.glossary, own), references, size)
            documents, references, own, characters, size = [], {}, {}, 0, 0
    if documents or size:
        yield _Job(prepare(documents, run.glossary, own), references, size)


def _own_glossaries(one: Input) -> list[Path]:
    return [path for ending in OWN_GLOSSARY if (path := one.path.with_suffix(ending)).is_file()]


def _reference_path(run: _Run, one: Input) -> tuple[Path, Path]:
    """Where the reference translation of an input is, if there is one, and below which folder."""
    inside = one.path.relative_to(one.folder) if one.folder else Path(one.path.name)
    folder = run.references or (one.folder or one.path.parent) / REFERENCES
    return safe_path(folder, inside.with_suffix("").as_posix(), REFERENCE_SUFFIX), folder


def _reference(run: _Run, one: Input) -> Document | None:
    """Read the reference translation of an input, if there is one."""
    path, folder = _reference_path(run, one)
    if not path.exists():
        return None
    try:
        return read_document(path, one.name)
    except FileError as error:
        run.failed.append((f"{REFERENCES}/{path.relative_to(folder).as_posix()}", f"{error.problem}; {error.remedy}"))
        return None


def _write(run: _Run, translated: Bitext) -> Bitext:
    """Write a document's files, with what reviewers decided on it or approved elsewhere, and add it to the summary.

    What is scored is the machine's translation.
    """
    decided = with_reviewed(translated, read_edit_log(run.output, translated.document.name), run.profile)
    bitext = with_approved(decided, run.approved, run.profile)
    gathered = evidence(translated)
    scores, baseline = score_evidence([gathered])
    suffixes = write_document(run.output, bitext, run.formats, run.pool.info, scores=scores, baseline=baseline)
    remove_other_formats(run.output, bitext.document.name, run.formats)
    run.summaries.append(summarise(bitext, formats=suffixes, scores=scores, baseline=baseline))
    run.evidence.append(gathered)
    run.aligned += [bitext.document.name] if bitext.references else []
    if HTML in run.formats:
        run.in_one_page = first_segments((*run.in_one_page, bitext))
    return bitext


def _advance(job: _Job, on_done: Progress) -> Callable[[int, int], None]:
    """Turn units done, some of them known, into bytes done and words translated that add up to a wave's."""
    units = len(job.wave.units)
    words = sum(count_words(document.text) for document in job.wave.documents)
    done, translated, told = 0, 0, (0, 0)

    def advance(count: int, known: int) -> None:
        nonlocal done, translated, told
        done, translated = done + count, translated + count - known
        now = (job.size * done // units, words * translated // units) if units else (job.size, words)
        if now != told:
            on_done(now[0] - told[0], now[1] - told[1])
            told = now

    return advance


def _fingerprint(run: _Run, inputs: Sequence[Input]) -> str:
    """Digest all that the outputs follow from; empty where an input cannot be read, or not twice."""
    if not all(one.path.is_file() for one in inputs):
        return ""
    digest = sha256(code_sha256().encode())
    digest.update(repr((run.pool.info, run.glossary.names, run.glossary.sha256, run.formats, run.profile)).encode())
    # Pages show notes, and where an entry is from, which translations do not follow from.
    shown = [(term.note, term.origin) for term in run.glossary.terms]
    digest.update(repr((shown, version("simplemma"), version("sacrebleu"))).encode(errors="surrogateescape"))
    digest.update(repr(sorted(run.approved.items())).encode())
    try:
        for one in inputs:
            beside = (*_own_glossaries(one), _reference_path(run, one)[0], log_path(run.output, one.name))
            for path in (one.path, *filter(Path.exists, beside)):
                content = path.read_bytes()
                digest.update(f"{one.name} {path.name} {len(content)} ".encode(errors="surrogateescape") + content)
    except (OSError, AlignerError):
        return ""
    return digest.hexdigest()


def _unchanged(run: _Run, state: str) -> RunSummary | None:
    """Read the last run's summary, if it was made in this state and its files are there as it left them."""
    try:
        manifest = run.output / MANIFEST
        made = manifest.stat().st_mtime_ns
        if not state or json.loads(manifest.read_bytes()).get("state") != state:
            return None
        last = read_report(run.output / REPORT)
        if last is None or Profile.beside(run.output) != run.profile:
            return None
        written = (f"{one.path}.{ending}" for one in last.documents for ending in one.formats)
        names = chain(last.files, [INDEX_PAGE], written)
        intact = all((run.output / name).stat().st_mtime_ns <= made for name in names)
    except (OSError, ValueError, AttributeError, AlignerError):
        return None
    return last if intact else None


def _manifest(run: _Run, summary: RunSummary, state: str, seconds: float) -> dict[str, object]:
    """What is needed to make the outputs again, and how long it took."""
    words = sum(document.words for document in summary.documents)
    return {
        "aligner": __version__,
        "model": asdict(summary.model),
        "glossaries": summary.glossaries,
        "glossary_entries": len(run.glossary),
        "glossary_sha256": run.glossary.sha256,
        "own_glossaries": {name: {"names": names, "sha256": digest} for name, (names, digest) in run.own.items()},
        "formats": run.formats,
        "documents": len(summary.documents),
        "segments": sum(document.segments for document in summary.documents),
        "words": words,
        "encodings": run.encodings,
        "references": run.aligned,
        "failed": dict(summary.failed),
        "state": state,
        "seconds": round(seconds, 2),
        "words_per_second": round(words / seconds, 1),
    }


def _json(content: dict[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
