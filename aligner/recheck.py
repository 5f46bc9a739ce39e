"""Check translations that are already written: a run's outputs, or bilingual files from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.checks import DEFAULT, DESCRIPTIONS, Profile, check, check_document
from aligner.checks.sarif import Finding
from aligner.enforce import find_targets
from aligner.errors import AlignerError, FileError
from aligner.formats import jsonl, moses
from aligner.formats.files import document_files
from aligner.formats.pairs import read_pairs
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
)

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
    paths: Iterable[Path | str], glossary: Glossary | None = None, profile: Profile = DEFAULT
) -> Iterator[Checked]:
    """Check files anew, one document at a time; a folder stands for the JSON Lines files in it.

    Without a glossary, terms are those that a run's JSON Lines have, and those of the installed glossary in other
    files. Their targets are looked for anew either way, since a target may have been edited.

    Raises FileError for a file that cannot be read, AlignerError for a folder without any.
    """
    # All paths first, so that a misspelt one is not found out after an hour.
    for file in [file for path in paths for file in _files(Path(path))]:
        yield _from_jsonl(file, glossary, profile) if file.suffix == ".jsonl" else _from_pairs(file, glossary, profile)


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
    pairs = tuple(_checked(pair, _hits(pair, glossary), _flags(pair), profile) for pair in bitext.pairs)
    checked = check_document(replace(bitext, pairs=pairs), profile)
    english = path.with_suffix(moses.SUFFIXES[1])
    count = len(pairs)
    if english.exists() and len(english.read_bytes().splitlines()) == count:
        return Checked(checked, (english,) * count, tuple(range(1, count + 1)))
    return Checked(checked, (path,) * count, tuple(range(2, count + 2)))  # the first line is the document's


def _from_pairs(path: Path, glossary: Glossary | None, profile: Profile) -> Checked:
    terms = Glossary.load() if glossary is None else glossary
    read = list(read_pairs(path))
    pairs, start = [], 0
    for number, one in enumerate(read, 1):
        end = start + len(one.source)
        segment = Segment(one.id or f"s{number}", one.source, start, end, Block(BlockKind.PARAGRAPH, start, end))
        pair = Pair(segment, one.target, one.target, one.score or 0.0)
        pairs.append(_checked(pair, terms.match(one.source), (), profile))
        start = end + 1
    text = "".join(f"{one.source}\n" for one in read)
    document = Document(path.stem, text, tuple(pair.source.block for pair in pairs))
    bitext = check_document(Bitext(document, tuple(pairs)), profile)
    return Checked(bitext, tuple(Path(one.file) for one in read), tuple(one.line for one in read))


def _checked(pair: Pair, hits: Sequence[TermHit], flags: tuple[str, ...], profile: Profile) -> Pair:
    before = {(outcome.hit.start, outcome.hit.term): outcome.status for outcome in pair.outcomes}
    outcomes = []
    for hit, span in zip(hits, find_targets(pair.target, hits), strict=True):
        status = before.get((hit.start, hit.term), TermStatus.KEPT)
        kept = TermStatus.KEPT if status is TermStatus.FAILED else status
        outcomes.append(TermOutcome(hit, TermStatus.FAILED) if span is None else TermOutcome(hit, kept, *span))
    found = replace(pair, outcomes=tuple(outcomes))
    return replace(found, issues=check(found, flags, profile))


def _hits(pair: Pair, glossary: Glossary | None) -> Sequence[TermHit]:
    return [outcome.hit for outcome in pair.outcomes] if glossary is None else glossary.match(pair.source.text)


def _flags(pair: Pair) -> tuple[str, ...]:
    """What only the engine could know, while the target is still the engine's."""
    if pair.status is not ReviewStatus.DRAFT:
        return ()
    return tuple(issue.check for issue in pair.issues if issue.check == "cut" or issue.check not in DESCRIPTIONS)
