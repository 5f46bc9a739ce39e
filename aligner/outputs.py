"""An output folder as a whole: its documents read back, reviewers' edits applied, and everything written again."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from aligner.checks import DEFAULT, KEPT, Profile
from aligner.decode import read_bytes
from aligner.errors import AlignerError, FileError
from aligner.formats import FORMATS, find_format, jsonl
from aligner.formats.corpus import FILES as CORPUS_FILES
from aligner.formats.corpus import write_corpus
from aligner.formats.files import CONFLICTS, LOG_SUFFIX, document_files, safe_path, write_atomic
from aligner.model import ModelInfo
from aligner.records import RecordError, parse, read_as
from aligner.review import (
    MOST_SEGMENTS,
    DocumentSummary,
    RunSummary,
    log_lines,
    read_export,
    read_log,
    render_document,
    render_index,
    render_run,
    summarise,
)
from aligner.revision import Conflict, Merge, approvals, memory_key, merge, still_open, with_reviewed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from aligner.memory import Memory
    from aligner.model import Bitext, Edit, Score, Severity

#: The review page is written by its own room, since it shows scores that no format has.
HTML = "html"
#: What each format's files of a document end in.
_SUFFIXES = {name: form.suffixes for name, form in FORMATS.items()} | {HTML: (".html",)}
REVIEW_PAGE, INDEX_PAGE, REPORT, MANIFEST = "review.html", "index.html", "report.json", "manifest.json"
#: All that stands in an output folder beside the documents' folders.
RUN_FILES = (REVIEW_PAGE, INDEX_PAGE, REPORT, MANIFEST, CONFLICTS, KEPT, *CORPUS_FILES)


@dataclass(slots=True)
class Outputs:
    """An output folder: its bitexts by document name as they are now, and its report where there is one.

    `profile` says which checks its run had, `conflicts` are the edits that could not be taken and are still open.
    `memory`, if there is one, learns what is approved, and forgets what no longer is.
    `stale` names the documents whose own files are older than what was decided on them, `behind` those that the
    files of the whole run do not know yet.
    """

    folder: Path
    bitexts: dict[str, Bitext]
    report: RunSummary | None = None
    profile: Profile = DEFAULT
    conflicts: tuple[Conflict, ...] = ()
    memory: Memory | None = None
    stale: set[str] = field(default_factory=set)
    behind: set[str] = field(default_factory=set)

    @property
    def model(self) -> ModelInfo:
        """The model of the last run into the folder."""
        return self.report.model if self.report else ModelInfo("unknown", "", "", "")

    def decide(self, edits: Iterable[Edit], *, newest: bool = False) -> Merge:
        """Merge edits, and log those that were taken and those that were not; `refresh` writes the other files."""
        edits = tuple(edits)
        merged = merge(self.bitexts, edits, self.profile, newest=newest)
        for name in merged.bitexts:
            _append(log_path(self.folder, name), log_lines(edit for edit in merged.taken if edit.document == name))
        self.bitexts |= merged.bitexts
        self.stale |= merged.bitexts.keys()
        if self.memory is not None:
            again = ((memory_key(edit.source), edit.document, edit.segment_id) for edit in merged.taken)
            self.memory.approve(approvals(merged.taken), again)
        self._settle(edits, merged, newest=newest)
        return merged

    def _settle(self, edits: Sequence[Edit], merged: Merge, *, newest: bool) -> None:
        """Keep the conflicts that are open: each once, and none that was taken since, or overruled by `newest`."""
        again = {*edits}
        overruled = {(edit.document, edit.segment_id) for edit in merged.taken} if newest else set()
        earlier = [
            one
            for one in self.conflicts
            if one.edit not in again and (one.edit.document, one.edit.segment_id) not in overruled
        ]
        conflicts = tuple(dict.fromkeys((*still_open(self.bitexts, earlier), *merged.conflicts)))
        if conflicts != self.conflicts:
            lines = (json.dumps(asdict(conflict), ensure_ascii=False) + "\n" for conflict in conflicts)
            write_atomic(self.folder / CONFLICTS, "".join(lines).encode())
        self.conflicts = conflicts

    def refresh(self, *, run: bool = True) -> None:
        """Write the files of what is stale again, in the formats it has, and with `run` those of the whole run."""
        for name in sorted(self.stale):
            bitext = self.bitexts[name]
            scores, baseline = self._scores(name)
            formats = _formats(self.folder, name)
            write_document(self.folder, bitext, formats, self.model, scores=scores, baseline=baseline)
        self.behind |= self.stale
        self.stale.clear()
        if run and self.behind:
            self._refresh_run()
            self.behind.clear()

    def page(self, path: str, served: str) -> str | None:
        """Write the page that stands at a path of the folder, for a server that takes edits at `served`."""
        if path == REVIEW_PAGE:
            documents = first_segments((*self._of_run(), *self._of_others()))
            return render_run(
                documents,
                model=self.model,
                left_out=len(self.bitexts) - len(documents),
                index_href=INDEX_PAGE,
                served=served,
                checks=_checks(self.profile),
            )
        if path == INDEX_PAGE:
            summaries = (*self._summaries(), *map(summarise, self._of_others()))
            there = tuple(replace(one, formats=(HTML,)) for one in summaries)
            return render_index(replace(self.report or RunSummary(self.model), documents=there, files=(REVIEW_PAGE,)))
        name = path.rpartition("/")[0]
        if name not in self.bitexts or path != f"{base_path(name)}.html":
            return None
        return render_document(
            self.bitexts[name],
            model=self.model,
            index_href=index_href(name),
            served=served,
            checks=_checks(self.profile),
        )

    def _of_run(self) -> list[Bitext]:
        """The documents of the last run, in its order."""
        documents = self.report.documents if self.report else ()
        return [self.bitexts[one.name] for one in documents if one.name in self.bitexts]

    def _of_others(self) -> list[Bitext]:
        """The documents that earlier runs wrote into the folder."""
        of_run = {bitext.document.name for bitext in self._of_run()}
        return [self.bitexts[name] for name in sorted(self.bitexts) if name not in of_run]

    def _scores(self, name: str) -> tuple[tuple[Score, ...], tuple[Score, ...]]:
        """What the run scored a document, which is the machine's translation."""
        documents = self.report.documents if self.report else ()
        return next(((one.scores, one.baseline) for one in documents if one.name == name), ((), ()))

    def _summaries(self) -> tuple[DocumentSummary, ...]:
        """The run's summaries of its documents, with the terms and issues as they are now."""
        now = {bitext.document.name: summarise(bitext) for bitext in self._of_run()}
        return tuple(
            replace(one, terms=now[one.name].terms, issues=now[one.name].issues) if one.name in now else one
            for one in (self.report.documents if self.report else ())
        )

    def _refresh_run(self) -> None:
        if self.report is None:
            return
        self.report = replace(self.report, documents=self._summaries())
        documents = self._of_run()
        if len(documents) == len(self.report.documents):
            write_corpus(self.folder, documents)
        write_run(self.folder, self.report, first_segments(documents))


def read_outputs(folder: Path, memory: Memory | None = None) -> Outputs:
    """Read an output folder back; what is in its logs and not in its files, after a crash, is stale.

    Raises AlignerError where there is no document with a JSONL file.
    """
    if not folder.is_dir():
        raise AlignerError("is not a folder", "name the output folder of `aligner translate`", path=folder)
    conflicts = _read_conflicts(folder / CONFLICTS)
    outputs = Outputs(folder, {}, read_report(folder / REPORT), Profile.beside(folder), conflicts, memory)
    for path in document_files(folder):
        bitext = jsonl.read(path.read_bytes(), path)
        name = bitext.document.name
        if safe_path(folder, base_path(name), ".jsonl") == path:
            outputs.bitexts[name] = with_reviewed(bitext, read_edit_log(folder, name), outputs.profile)
            outputs.stale |= {name} if outputs.bitexts[name] != bitext else set()
            outputs.behind |= {name} if _is_newer(log_path(folder, name), folder / REPORT) else set()
    if not outputs.bitexts:
        problem = "has no NAME/NAME.jsonl"
        raise AlignerError(problem, "translate with jsonl among the --formats", path=folder)
    return outputs


def read_edits(path: Path) -> tuple[Edit, ...]:
    """Read a file of edits: a page's export, or a file in a format that edits come back in.

    Raises FileError for a file in no such format.
    """
    data = read_bytes(path)
    if path.name.endswith(LOG_SUFFIX):
        return read_log(data, path)
    if path.name == CONFLICTS:
        return tuple(conflict.edit for conflict in _read_conflicts(path))
    readers = {".json": read_export} | {
        suffix: form.read_edits for form in FORMATS.values() if form.read_edits for suffix in form.suffixes
    }
    readers[".xlf"] = readers[".xliff"]
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileError("is in no format that edits come back in", f"choose among {', '.join(readers)}", path=path)
    return reader(data, path)


def write_profile(folder: Path, profile: Profile) -> None:
    """Keep a run's profile with its outputs, for the pages, for reviews and for checks anew. The default is no file."""
    content = profile.toml()
    if content:
        write_atomic(folder / KEPT, content.encode())
    else:
        (folder / KEPT).unlink(missing_ok=True)


def read_edit_log(folder: Path, name: str) -> tuple[Edit, ...]:
    """Read what was decided on a document, oldest first."""
    path = log_path(folder, name)
    return read_log(path.read_bytes(), path) if path.exists() else ()


def write_document(
    folder: Path,
    bitext: Bitext,
    formats: Sequence[str],
    model: ModelInfo,
    *,
    scores: tuple[Score, ...] = (),
    baseline: tuple[Score, ...] = (),
) -> tuple[str, ...]:
    """Write a document's files in some formats, and give their endings. Its page shows the scores.

    While one edits, the page checks by the profile that the folder has.
    """
    name = bitext.document.name
    base = safe_path(folder, base_path(name))
    suffixes: list[str] = []
    for form in formats:
        if form == HTML:
            page = render_document(
                bitext,
                model=model,
                scores=scores,
                baseline=baseline,
                index_href=index_href(name),
                checks=_checks(Profile.beside(folder)),
            )
            written = {".html": page.encode()}
        else:
            written = find_format(form).write(bitext)
        for suffix, data in written.items():
            write_atomic(base.with_name(f"{base.name}{suffix}"), data)
            suffixes.append(suffix.lstrip("."))
    return tuple(suffixes)


def remove_other_formats(folder: Path, name: str, formats: Sequence[str]) -> None:
    """Delete what an earlier run wrote of a document in formats that are not among these: it is out of date."""
    base = safe_path(folder, base_path(name))
    for suffix in (suffix for form, suffixes in _SUFFIXES.items() if form not in formats for suffix in suffixes):
        base.with_name(f"{base.name}{suffix}").unlink(missing_ok=True)


def write_run(folder: Path, report: RunSummary, in_one_page: Sequence[Bitext]) -> None:
    """Write a run's own pages and its report; `in_one_page` are the documents of the page for all, if there is one."""
    if REVIEW_PAGE in report.files:
        page = render_run(
            in_one_page,
            model=report.model,
            scores=report.scores,
            baseline=report.baseline,
            left_out=len(report.documents) - len(in_one_page),
            checks=_checks(Profile.beside(folder)),
        )
        write_atomic(folder / REVIEW_PAGE, page.encode())
    write_atomic(folder / INDEX_PAGE, render_index(report).encode())
    write_atomic(folder / REPORT, (json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n").encode())


def first_segments(bitexts: Iterable[Bitext], most: int = MOST_SEGMENTS) -> tuple[Bitext, ...]:
    """Take documents, each that leaves the segments of all taken at no more than `most`."""
    taken: list[Bitext] = []
    for bitext in bitexts:
        if len(bitext.pairs) <= most:
            most -= len(bitext.pairs)
            taken.append(bitext)
    return tuple(taken)


def base_path(name: str) -> str:
    """Where a document's outputs lie below the output folder, without their endings.

    >>> base_path("2004/istanbul")
    '2004/istanbul/istanbul'
    """
    return f"{name}/{name.rpartition('/')[2]}"


def log_path(folder: Path, name: str) -> Path:
    """Where a document's edits are logged; raises AlignerError for a name that leads out of the folder."""
    return safe_path(folder, base_path(name), LOG_SUFFIX)


def index_href(name: str) -> str:
    """The way from a document's page to the index."""
    return "../" * base_path(name).count("/") + INDEX_PAGE


def _formats(folder: Path, name: str) -> tuple[str, ...]:
    """The formats in which a document is there."""

    def there(suffixes: Sequence[str]) -> bool:
        return all(safe_path(folder, base_path(name), suffix).exists() for suffix in suffixes)

    return tuple(form for form, suffixes in _SUFFIXES.items() if there(suffixes))


def _is_newer(log: Path, report: Path) -> bool:
    """Tell whether something was decided after the files of the run, of which the report is the last, were written."""
    return log.exists() and report.exists() and log.stat().st_mtime_ns > report.stat().st_mtime_ns


def read_report(path: Path) -> RunSummary | None:
    """Read the report of a run, if there is one; raises FileError for what is none."""
    if not path.exists():
        return None
    try:
        return read_as(RunSummary, parse(path.read_bytes()))
    except RecordError as error:
        problem, remedy = f"is no report of a run: {error}", "translate the documents again"
        raise FileError(problem, remedy, path=path, line=error.line) from error


def _read_conflicts(path: Path) -> tuple[Conflict, ...]:
    conflicts = []
    for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else (), 1):
        try:
            conflicts.append(read_as(Conflict, parse(line)))
        except RecordError as error:
            raise FileError(f"is no conflict: {error}", "mend or delete the line", path=path, line=number) from error
    return tuple(conflicts)


def _checks(profile: Profile) -> Mapping[str, Severity] | None:
    """The severities by which a page checks what is edited, if they are not its own."""
    return None if profile == DEFAULT else profile.severities


def _append(path: Path, lines: bytes) -> None:
    """Add lines to a log, and have them on the disk before anything is said about them."""
    there = path.read_bytes() if path.exists() else b""
    with path.open("ab") as file:
        # A line that a crash cut off was never acknowledged, and must not swallow the next one.
        file.truncate(there.rfind(b"\n") + 1)
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
