"""Tables and progress for people; nothing here decides anything."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from aligner.inflect import counted
from aligner.model import Severity, TermStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from aligner.engines.registry import BundledModel
    from aligner.model import Score
    from aligner.review import RunSummary
    from aligner.revision import Merge

#: More documents than this are counted, not listed; index.html lists them all.
LISTED = 40


@contextmanager
def progress(total: int, title: str, *, quiet: bool) -> Iterator[Callable[..., None] | None]:
    """Show a bar on stderr while the block runs, if a person can see it.

    Yields what advances it by so much of the total and, if it is told, by so many words.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn(title),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    started, said = time.monotonic(), 0
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=max(total, 1), speed="")

        def advance(done: int, words: int = 0) -> None:
            nonlocal said
            said += words
            speed = said / max(time.monotonic() - started, 0.1)
            bar.update(task, advance=done, speed=f"{speed:,.0f} words/s" if said else "")

        yield advance


def run(summary: RunSummary, output: Path) -> None:
    """Print what a run made: a row a document, the corpus, and where to look."""
    if not summary.documents:
        return
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Document", overflow="fold")
    for heading in ("Segments", "Terms met", "Errors", "BLEU", "chrF++", "chrF++ off"):
        table.add_column(heading, justify="right")
    for document in summary.documents[:LISTED]:
        terms = dict(document.terms)
        met = sum(terms.values()) - terms.get(TermStatus.FAILED, 0)
        errors = dict(document.issues).get(Severity.ERROR, 0)
        table.add_row(
            escape(document.name),
            str(document.segments),
            f"{met}/{sum(terms.values())}",
            str(errors),
            *_quality(document.scores),
            _quality(document.baseline)[1],
        )
    segments = sum(document.segments for document in summary.documents)
    if len(summary.documents) > LISTED:
        table.add_row(f"… and {len(summary.documents) - LISTED} more")
    if len(summary.documents) > 1:
        scores = (*_quality(summary.scores), _quality(summary.baseline)[1])
        table.add_row("all", str(segments), "", "", *scores, style="bold")
    console.print(table)
    if summary.unchanged:
        console.print("Nothing has changed since the last run, and nothing was done.")
    console.print(f"Read {output / 'index.html'}", highlight=False, soft_wrap=True)


def _quality(scores: Sequence[Score]) -> tuple[str, str]:
    values = {score.name: f"{score.value:.1f}" for score in scores}
    return values.get("BLEU", "–"), values.get("chrF++", "–")


def failures(failed: Sequence[tuple[str, str]]) -> None:
    """Print on stderr which documents failed, and why."""
    if failed:
        table = Table("Failed", "Reason", box=None, pad_edge=False, header_style="bold red")
        for name, reason in failed:
            table.add_row(escape(name), escape(reason))
        wide = None if Console(stderr=True).is_terminal else 240
        Console(stderr=True, width=wide).print(table)


def merge(merged: Merge, edits: int, folder: Path) -> None:
    """Print what became of edits: how many were taken, and each conflict with its reason."""
    from aligner.revision import NO_DOCUMENT, TWICE

    console = Console()
    there = edits - len(merged.taken) - len(merged.conflicts)
    counts = f"{len(merged.taken)} applied, {there} there already, {len(merged.conflicts)} in conflict"
    console.print(f"{counted(edits, 'edit')}: {counts}", highlight=False)
    if merged.conflicts:
        table = Table("Document", "Segment", "Conflict", "In the outputs", "In the edit", box=None, pad_edge=False)
        for one in merged.conflicts:
            cells = (one.edit.document, one.edit.segment_id, one.reason, one.target, one.edit.target)
            table.add_row(*map(escape, cells))
        wide = None if console.is_terminal else 240
        Console(width=wide).print(table)
        reasons = {one.reason for one in merged.conflicts}
        unknown = next((one.edit.document for one in merged.conflicts if one.reason == NO_DOCUMENT), "")
        hints = [f"They are kept in {folder / 'conflicts.jsonl'}"]
        hints += ["--newest takes those that were edited twice"] if TWICE in reasons else []
        hints += [f"is {folder} the output folder of “{unknown}”?"] if NO_DOCUMENT in reasons else []
        console.print("; ".join(hints), highlight=False, soft_wrap=True, markup=False)


def scores(found: Sequence[Score]) -> None:
    """Print scores with their intervals and signatures."""
    table = Table("Metric", box=None, pad_edge=False, header_style="bold")
    table.add_column("Value", justify="right")
    table.add_column("95% interval", justify="right")
    table.add_column("Signature", overflow="fold")
    for score in found:
        bounds = "" if score.low is None or score.high is None else f"{score.low:.1f}–{score.high:.1f}"
        table.add_row(score.name, f"{score.value:.1f}", bounds, escape(score.signature))
    Console().print(table)


def models(found: Sequence[BundledModel]) -> None:
    """Print the bundled models."""
    table = Table("Model", "Size", "What it is", box=None, pad_edge=False, header_style="bold")
    for model in found:
        table.add_row(model.name, f"{model.size / 1e6:.0f} MB", escape(model.summary))
    Console().print(table)
