"""`aligner corpus`: from bitexts to a corpus to train on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.choices import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aligner.corpus import Build

corpus_app = typer.Typer(name="corpus", no_args_is_help=True, rich_markup_mode=None)


@corpus_app.callback()
def _corpus() -> None:
    """Build parallel corpora.

    \b
    Examples:
      aligner corpus build outputs/ -o clean
      aligner corpus build aligned/ -o clean --min-score 0.5
    """


@corpus_app.command()
def build(
    bitexts: Annotated[
        list[Path],
        typer.Argument(
            help="Output folders, or bilingual files: .jsonl, .tsv, .tmx, .xliff, .xlsx, .fr (with .en).",
            metavar="BITEXT...",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")],
    formats: Annotated[
        str | None,
        typer.Option(
            help="Formats to write, with commas. [default: moses,tsv,tmx, and parquet where pyarrow is installed]"
        ),
    ] = None,
    dev: Annotated[
        str | None, typer.Option(help="Pairs of dev: a count or a share. [default: 5%, at most 1000]", metavar="AMOUNT")
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(help="Pairs of test: a count or a share. [default: 5%, at most 1000]", metavar="AMOUNT"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed by which the documents of dev and test are drawn.")] = 1,
    min_score: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Least probability of a link that aligner align found. Other pairs are kept: the scores of translate "
            "are a model's log-probabilities, which do not compare. [default: none]",
        ),
    ] = None,
    reviewed_only: Annotated[bool, typer.Option("--reviewed-only", help="Keep only what a reviser approved.")] = False,
    min_words: Annotated[int, typer.Option(min=1, help="Minimum words on each side.")] = 1,
    max_words: Annotated[int, typer.Option(min=1, help="Maximum words on each side.")] = 200,
    max_word_length: Annotated[int, typer.Option(min=1, help="Maximum characters in a word.")] = 60,
    max_ratio: Annotated[
        float, typer.Option(min=1, help="How many times longer a side may be than the other, in characters.")
    ] = 2.0,
    ratio_slack: Annotated[int, typer.Option(min=0, help="Characters it may be longer on top of --max-ratio.")] = 20,
    min_letters: Annotated[
        float, typer.Option(min=0, max=1, help="Minimum share of letters on each side, blanks left out.")
    ] = 0.3,
    copied_words: Annotated[
        int, typer.Option(min=1, help="Reject equal sides of so many words or more; shorter ones may be names.")
    ] = 3,
    language_letters: Annotated[
        int, typer.Option(min=1, help="Check the language only of sides with so many letters or more.")
    ] = 30,
    min_language: Annotated[
        float, typer.Option(min=0, max=1, help="Minimum probability that a side is in its language.")
    ] = 0.1,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Filter to switch off, such as numbers; may be repeated.", metavar="REASON"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Build a clean parallel corpus: filtered, without duplicates, split so that no document is in two parts.

    Writes train, dev and test in each format, rejected.tsv with every pair that was left out and why, counts.json
    and manifest.json. Numbers in words are not compared. Near-duplicates differ in case, figures and punctuation
    only; what differs so from a sentence of dev or test is kept out of train.

    Reasons: rejected, not-reviewed, low-score, empty, too-short, too-long, long-word, length-ratio, control, encoding,
    markup, non-letters, untranslated, source-language, target-language, numbers, duplicate, near-duplicate, held-out.

    Exit code: 0 the corpus is written, 1 no pair was kept, 2 wrong use.

    \b
    Examples:
      aligner corpus build outputs/ -o clean
      aligner corpus build memory.tmx aligned/ -o clean --min-score 0.5 --dev 500 --test 2%
      aligner corpus build outputs/ -o clean --reviewed-only --without numbers --formats moses
    """
    from aligner.cli import render
    from aligner.corpus import Limits, build_corpus, input_lines, parse_amount

    limits = Limits(
        min_words=min_words,
        max_words=max_words,
        max_word_length=max_word_length,
        max_ratio=max_ratio,
        ratio_slack=ratio_slack,
        min_letters=min_letters,
        language_letters=language_letters,
        min_language=min_language,
        copied_words=copied_words,
        min_score=min_score,
        reviewed_only=reviewed_only,
    )
    silent = quiet or as_json
    with render.progress(0 if silent else input_lines(bitexts), "Reading", quiet=silent) as on_lines:
        built = build_corpus(
            bitexts,
            output,
            limits,
            without=without or (),
            dev=None if dev is None else parse_amount(dev),
            test=None if test is None else parse_amount(test),
            seed=seed,
            formats=None if formats is None else listed(formats),
            on_lines=on_lines,
        )
    if as_json:
        typer.echo(json.dumps(built.counts(), ensure_ascii=False, indent=2))
    elif not quiet:
        _print(built, output)
        if formats is None and "train.parquet" not in built.files:
            typer.echo("No Parquet was written: pip install 'aligner[parquet]'", err=True)
    if not built.apart and built.kept.total():
        typer.echo(
            "aligner: the documents are too few or too large to be kept apart, so dev and test were drawn pair by "
            "pair; they will look easier than new documents are",
            err=True,
        )
    _say_what_is_missing(built, {"dev": dev, "test": test}, min_score)
    raise typer.Exit(0 if built.kept.total() else 1)


def _say_what_is_missing(built: Build, asked: Mapping[str, str | None], min_score: float | None) -> None:
    """Name the parts that are empty though nobody asked for none, and a filter that had nothing to do."""
    empty = [part for part, amount in asked.items() if amount != "0" and not built.kept[part]]
    if empty and built.kept.total():
        problem = f"{' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty, since the pairs are so few"
        typer.echo(f"aligner: {problem}; ask for a count of them with --dev and --test", err=True)
    if min_score is not None and built.pairs and not built.links:
        typer.echo("aligner: --min-score left nothing out, since no pair is from aligner align", err=True)


def _print(built: Build, output: Path) -> None:
    """Print what was kept, by part, and what was left out, by reason."""
    from rich.console import Console
    from rich.table import Table

    from aligner.corpus import PARTS, REASONS

    console = Console()
    parts = Table("Part", box=None, pad_edge=False, header_style="bold")
    for heading in ("Pairs", "Documents"):
        parts.add_column(heading, justify="right")
    for part in PARTS:
        parts.add_row(part, str(built.kept[part]), str(built.documents[part]))
    parts.add_row("left out", str(built.rejected), style="bold")
    parts.add_row("read", str(built.pairs), style="bold")
    console.print(parts)
    if built.rejected:
        reasons = Table("Left out for", box=None, pad_edge=False, header_style="bold")
        for heading in ("Pairs", "For nothing else"):
            reasons.add_column(heading, justify="right")
        reasons.add_column("What it means", overflow="fold")
        for name, description in REASONS.items():
            if built.reasons[name]:
                reasons.add_row(name, str(built.reasons[name]), str(built.alone[name]), description)
        console.print()
        console.print(reasons)
    console.print(f"Read {output / 'rejected.tsv'}", highlight=False, soft_wrap=True)
