"""A run over many documents: from paths to an output folder, wave by wave, with its summary and its manifest."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.checks import DEFAULT, Profile
from aligner.errors import AlignerError, FileError
from aligner.formats import FORMATS
from aligner.formats.corpus import write_corpus
from aligner.formats.files import safe_path, write_atomic
from aligner.glossary import Glossary
from aligner.outputs import HTML, REPORT, REVIEW_PAGE, first_segments, read_edit_log, write_document, write_run
from aligner.pipeline import Evidence, evidence, score_evidence, translate_documents
from aligner.readers import Input, discover, read_document
from aligner.review import DocumentSummary, RunSummary, summarise
from aligner.revision import with_reviewed
from aligner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aligner.engines.translator import Translator
    from aligner.model import Bitext, Document

FORMAT_NAMES = (*FORMATS, HTML)
DEFAULT_FORMATS = (*(name for name, form in FORMATS.items() if form.default), HTML)
#: A reference translation of NAME is here, below the input folder.
REFERENCES, REFERENCE_SUFFIX = "references", ".en.txt"
#: A document's own glossary is beside it, named like it but for its ending; its entries go before the run's.
OWN_GLOSSARY = tuple(f".glossary{suffix}" for suffix in (".csv", ".tsv", ".tbx", ".xlsx"))
#: Documents are translated together until they have so many characters: enough for full batches, little enough that
#: memory stays flat and that an interrupted run has lost little.
WAVE_CHARACTERS = 400_000


@dataclass(slots=True)
class _Run:
    """What a run gathers as it goes on."""

    output: Path
    translator: Translator
    glossary: Glossary
    references: Path | None
    formats: tuple[str, ...]
    profile: Profile
    summaries: list[DocumentSummary] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    #: The glossaries that documents have for themselves, by document name.
    own: dict[str, Glossary] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    #: The documents that a reference was found for.
    aligned: list[str] = field(default_factory=list)
    #: The documents of the page for the whole run, as many as fit.
    in_one_page: tuple[Bitext, ...] = ()


def translate_paths(
    paths: Sequence[Path | str],
    output: Path | str,
    translator: Translator,
    glossary: Glossary,
    *,
    references: Path | str | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    profile: Profile = DEFAULT,
    on_done: Callable[[int], None] | None = None,
) -> RunSummary:
    """Translate files, folders and globs into an output folder, and say what came of it.

    `references` is a folder of `NAME.en.txt`; without it, `references/` in each input folder is used. Beside a
    document, `NAME.glossary.csv` (or .tsv, .tbx, .xlsx) goes before the glossary, unless that is empty. `profile` says
    which checks run. `on_done` is
    told how many more bytes of the inputs are translated (`input_bytes` has their sum). A document that cannot be
    read is in the summary's `failed`; the others are written.

    Raises AlignerError when nothing is there to translate, a format is unknown or `references` is no folder.
    """
    check_formats(formats)
    if references is not None and not Path(references).is_dir():
        raise AlignerError("is not a folder", "name the folder that has NAME.en.txt", path=references)
    started = time.perf_counter()
    inputs = discover(paths, Path(output))
    run = _Run(
        Path(output), translator, glossary, None if references is None else Path(references), tuple(formats), profile
    )
    files = write_corpus(run.output, _bitexts(run, inputs, on_done))
    scores, baseline = score_evidence(run.evidence)
    summary = RunSummary(
        model=translator.info,
        glossaries=glossary.names,
        documents=tuple(run.summaries),
        scores=scores,
        baseline=baseline,
        failed=tuple(run.failed),
        files=(
            *(path.name for path in files),
            *((REVIEW_PAGE,) if HTML in run.formats and run.summaries else ()),
            REPORT,
            "manifest.json",
        ),
    )
    write_run(run.output, summary, run.in_one_page)
    write_atomic(run.output / "manifest.json", _json(_manifest(run, summary, time.perf_counter() - started)))
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
    return sum(_size(found) for found in discover(paths, Path(output)))


def _size(found: Input) -> int:
    return found.path.stat().st_size if found.path.is_file() else 0


def _bitexts(run: _Run, inputs: Sequence[Input], on_done: Callable[[int], None] | None) -> Iterator[Bitext]:
    """Translate and write the inputs wave by wave; of what was yielded only its evidence is held, and one page."""
    for wave in _waves(run, inputs):
        documents = [document for _, document in wave]
        references = {document.name: found for one, document in wave if (found := _reference(run, one))}
        advance = _advance(sum(_size(one) for one, _ in wave), on_done)
        bitexts = translate_documents(
            documents, run.translator, run.glossary, references, advance, own_glossaries=run.own, profile=run.profile
        )
        for bitext in bitexts:
            try:
                written = _write(run, bitext)
            except (AlignerError, OSError) as error:
                run.failed.append((bitext.document.name, str(error)))
            else:
                yield written
        advance(0, 0)


def _waves(run: _Run, inputs: Sequence[Input]) -> Iterator[list[tuple[Input, Document]]]:
    wave: list[tuple[Input, Document]] = []
    for one in inputs:
        try:
            safe_path(run.output, one.name)
            document = read_document(one.path, one.name)
            _load_own_glossary(run, one)
        except AlignerError as error:
            # The document's own glossary may be what cannot be read.
            where = f"{error.path or one.path}:{error.line}" if error.line else str(error.path or one.path)
            run.failed.append((where, f"{error.problem}; {error.remedy}"))
            continue
        run.encodings[one.name] = document.encoding
        wave.append((one, document))
        if sum(len(document.text) for _, document in wave) >= WAVE_CHARACTERS:
            yield wave
            wave = []
    if wave:
        yield wave


def _load_own_glossary(run: _Run, one: Input) -> None:
    """Load the glossary beside a document, if there is one and the run has a glossary at all."""
    found = [path for ending in OWN_GLOSSARY if (path := one.path.with_suffix(ending)).is_file()]
    if found and run.glossary:
        run.own[one.name] = Glossary.load(*found)


def _reference(run: _Run, one: Input) -> Document | None:
    """Read the reference translation of an input, if there is one."""
    inside = one.path.relative_to(one.folder) if one.folder else Path(one.path.name)
    folder = run.references or (one.folder or one.path.parent) / REFERENCES
    stem = inside.with_suffix("").as_posix()
    path = safe_path(folder, stem, REFERENCE_SUFFIX)
    if not path.exists():
        return None
    try:
        return read_document(path, one.name)
    except FileError as error:
        run.failed.append((f"{REFERENCES}/{path.relative_to(folder).as_posix()}", f"{error.problem}; {error.remedy}"))
        return None


def _write(run: _Run, translated: Bitext) -> Bitext:
    """Write a document's files, with what reviewers decided on it before, and add it to the summary.

    What is scored is the machine's translation.
    """
    bitext = with_reviewed(translated, read_edit_log(run.output, translated.document.name), run.profile)
    gathered = evidence(translated)
    scores, baseline = score_evidence([gathered])
    suffixes = write_document(run.output, bitext, run.formats, run.translator.info, scores=scores, baseline=baseline)
    run.summaries.append(summarise(bitext, formats=suffixes, scores=scores, baseline=baseline))
    run.evidence.append(gathered)
    run.aligned += [bitext.document.name] if bitext.references else []
    if HTML in run.formats:
        run.in_one_page = first_segments((*run.in_one_page, bitext))
    return bitext


def _advance(size: int, on_done: Callable[[int], None] | None) -> Callable[[int, int], None]:
    """Turn segments done, of segments, into bytes done that add up to a wave's size."""
    done = told = 0

    def advance(segments: int, of_segments: int) -> None:
        nonlocal done, told
        done += segments
        bytes_done = size * done // of_segments if of_segments else size
        if on_done is not None and bytes_done > told:
            on_done(bytes_done - told)
            told = bytes_done

    return advance


def _manifest(run: _Run, summary: RunSummary, seconds: float) -> dict[str, object]:
    """What is needed to make the outputs again, and how long it took."""
    words = sum(document.words for document in summary.documents)
    return {
        "aligner": __version__,
        "model": asdict(summary.model),
        "glossaries": summary.glossaries,
        "glossary_entries": len(run.glossary),
        "glossary_sha256": run.glossary.sha256,
        "own_glossaries": {name: {"names": one.names, "sha256": one.sha256} for name, one in run.own.items()},
        "formats": run.formats,
        "documents": len(summary.documents),
        "segments": sum(document.segments for document in summary.documents),
        "words": words,
        "encodings": run.encodings,
        "references": run.aligned,
        "failed": dict(summary.failed),
        "seconds": round(seconds, 2),
        "words_per_second": round(words / seconds, 1),
    }


def _json(content: dict[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
