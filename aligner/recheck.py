"""Check translations that are already written: a run's outputs, or bilingual files from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.checks import DESCRIPTIONS, Profile, check, check_document
from aligner.checks.sarif import Finding
from aligner.decode import read_bytes
from aligner.enforce import find_targets
from aligner.errors import AlignerError, FileError
from aligner.formats import jsonl, moses
from aligner.formats.files import LOG_SUFFIX, document_files
from aligner.formats.pairs import TextPair, read_pairs
from aligner.glossary import Glossary
from aligner.model import (
    Bitext,
    Block,
    BlockKind,
    Document,
    Pair,
    ReviewStatus,
    Segment,
    TermHit,
    TermOutcome,
    TermStatus,
    one_line,
)
from aligner.review import numbered_export, read_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Checked:
    """A bitext with the issues found anew; pair N stands in line `lines[N]` of the file at `paths[N]`."""

    bitext: Bitext
    paths: tuple[Path, ...]
    lines: tuple[int, ...]

    def findings(self) -> Iterator[Finding]:
        """Every issue with its place, in the order of the pairs; those that a reviser let stand say why."""
        for pair, path, line in zip(self.bitext.pairs, self.paths, self.lines, strict=True):
            reasons = {(one.check, one.message): one.reason for one in pair.ignored}
            for issue in pair.issues:
                ignored = reasons.get((issue.check, issue.message))
                name, segment = self.bitext.document.name, pair.source
                yield Finding(name, segment.id, segment.line, pair.target, path, line, issue, ignored)


def recheck(
    paths: Iterable[Path | str], glossary: Glossary | None = None, profile: Profile | None = None
) -> Iterator[Checked]:
    """Check files anew, one document at a time; a folder stands for the JSON Lines files in it.

    Without a glossary, terms are those that a run's JSON Lines have, and those of the installed glossary in other
    files. Their targets are looked for anew either way, since a target may have been edited. Without a profile,
    a folder's own one counts, which its run left there, or else the default.

    Raises FileError for a file that cannot be read or has nothing to check, AlignerError for a folder without any.
    """
    # All paths first, so that a misspelt one is not found out after an hour.
    for path, files in [(Path(path), _files(Path(path))) for path in paths]:
        chosen = profile or Profile.beside(path)
        for file in files:
            if file.suffix == ".jsonl" and not file.name.endswith(LOG_SUFFIX):
                yield _from_jsonl(file, glossary, chosen)
            else:
                yield from _from_pairs(file, glossary, chosen)


def _files(path: Path) -> Sequence[Path]:
    if not path.exists():
        raise FileError("does not exist", "check the path", path=path)
    if not path.is_dir():
        return [path]
    found = document_files(path)
    if not found:
        raise AlignerError("has no .jsonl files", "name a folder that aligner translate wrote", path=path)
    return found


def _from_jsonl(path: Path, glossary: Glossary | None, profile: Profile) -> Checked:
    bitext = jsonl.read(path.read_bytes(), path)
    if not bitext.pairs:
        raise FileError("has no segments", "translate the document again", path=path)
    hits: Sequence[Sequence[TermHit]] = [[outcome.hit for outcome in pair.outcomes] for pair in bitext.pairs]
    if glossary is not None:
        hits = glossary.match_document([pair.source.text for pair in bitext.pairs])
    checked = _checked(bitext, hits, profile)
    english = path.with_suffix(moses.SUFFIXES[1])
    count = len(bitext.pairs)
    if english.exists() and len(english.read_bytes().splitlines()) == count:
        return Checked(checked, (english,) * count, tuple(range(1, count + 1)))
    return Checked(checked, (path,) * count, tuple(range(2, count + 2)))  # the first line is the document's


def _from_pairs(path: Path, glossary: Glossary | None, profile: Profile) -> Iterator[Checked]:
    """Check each document that a bilingual file names, in the order in which they begin."""
    terms = Glossary.load() if glossary is None else glossary
    documents: dict[str, list[TextPair]] = {}
    for pair in _read_pairs(path):
        documents.setdefault(pair.document, []).append(pair)
    for name, read in documents.items():
        bitext = _bitext(name or path.stem, read)
        checked = _checked(bitext, terms.match_document([one.source for one in read]), profile)
        yield Checked(checked, tuple(Path(one.file) for one in read), tuple(one.line for one in read))


def _read_pairs(path: Path) -> Iterator[TextPair]:
    if path.name.endswith(LOG_SUFFIX):
        edits = [*enumerate(read_log(read_bytes(path), path), 1)]
    elif path.suffix == ".json":
        edits = numbered_export(read_bytes(path), path)
    else:
        return read_pairs(path)
    # Of several decisions on a segment the last one counts.
    last = {(edit.document, edit.segment_id): (line, edit) for line, edit in edits}
    if not last:
        raise FileError("has no edits", "check that it is the file you mean", path=path)
    return (
        TextPair(one_line(edit.source), one_line(edit.target), str(path), line, edit.segment_id, edit.document)
        for line, edit in last.values()
    )


def _bitext(name: str, read: Sequence[TextPair]) -> Bitext:
    """Make a document of texts, a line each."""
    pairs, start = [], 0
    for number, one in enumerate(read, 1):
        end = start + len(one.source)
        segment = Segment(one.id or f"s{number}", one.source, start, end, Block(BlockKind.PARAGRAPH, start, end))
        pairs.append(Pair(segment, one.target, one.target, one.score or 0.0))
        start = end + 1
    text = "".join(f"{one.source}\n" for one in read)
    return Bitext(Document(name, text, tuple(pair.source.block for pair in pairs)), tuple(pairs))


def _checked(bitext: Bitext, hits: Sequence[Sequence[TermHit]], profile: Profile) -> Bitext:
    pairs = [_pair(pair, of_pair, profile) for pair, of_pair in zip(bitext.pairs, hits, strict=True)]
    return check_document(replace(bitext, pairs=tuple(pairs)), profile)


def _pair(pair: Pair, hits: Sequence[TermHit], profile: Profile) -> Pair:
    before = {(outcome.hit.start, outcome.hit.term): outcome.status for outcome in pair.outcomes}
    outcomes = tuple(
        TermOutcome.of(hit, span, before.get((hit.start, hit.term), TermStatus.KEPT))
        for hit, span in zip(hits, find_targets(pair.target, hits), strict=True)
    )
    # What only an earlier stage could find counts while the target is still that stage's.
    told = pair.issues if pair.status is ReviewStatus.DRAFT else ()
    flags = tuple(issue.check for issue in told if issue.check not in DESCRIPTIONS)
    found = replace(pair, outcomes=outcomes, issues=told)
    return replace(found, issues=check(found, flags, profile))
