"""`aligner align`: link the sentences of what is translated already."""

from __future__ import annotations

import json
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.choices import chosen_formats
from aligner.errors import AlignerError, FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aligner.model import Link
    from aligner.similarity.evidence import Scorer


class ScorerName(StrEnum):
    """What links are judged by."""

    AUTO = "auto"
    MT = "mt"
    LEXICAL = "lexical"
    LENGTH = "length"
    EMBEDDINGS = "embeddings"


def align(
    source: Annotated[Path, typer.Argument(help="The French file or folder.", metavar="FR")],
    target: Annotated[Path, typer.Argument(help="The English file or folder.", metavar="EN")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = Path("aligned"),
    segmented: Annotated[bool, typer.Option("--segmented", help="Each line is a segment as it is.")] = False,
    scorer: Annotated[
        ScorerName,
        typer.Option(
            help="mt translates the source first; lexical learns a lexicon from the texts; length needs neither. "
            "auto is mt, or lexical for a source that is not French or when no model is there. "
            "embeddings adds sentence embeddings, of --model to lexical, or of the English model of the extra to mt."
        ),
    ] = ScorerName.AUTO,
    gold: Annotated[Path | None, typer.Option(help="Links made by hand, [0]:[0,1] a line: print P, R, F1.")] = None,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Leave pairs that score less out of corpus.fr, .en and .tmx.")
    ] = 0.0,
    formats: Annotated[
        str | None, typer.Option(help="Formats to write, with commas. [default: those of translate]")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Model for mt, as for translate; for embeddings, a sentence-transformers model of both languages."
        ),
    ] = None,
    back_model: Annotated[
        str | None, typer.Option(help="Model of the other direction: the target is translated too. [default: none]")
    ] = None,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Do without the bundled glossary.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads. [default: all that may be used]")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Align French texts with their English translations; write bilingual files, NAME.links and pages to review.

    A folder inside the other is no part of it. Texts in the wrong language, exchanged or unrelated are refused.

    Exit code: 0 all is written, 1 some files of folders failed or have no partner (they are listed), 2 wrong use, or
    two files that cannot be aligned.

    \b
    Examples:
      aligner align candide.fr.txt candide.en.txt
      aligner align reports/ reports/references
      aligner align french/ english/ -o aligned --scorer lexical --min-score 0.5
      aligner align fr.txt en.txt --segmented --gold gold.txt
      aligner align fr.txt en.txt --back-model Helsinki-NLP/opus-mt-en-fr
    """
    from aligner.alignment import align_files, pair_files
    from aligner.cli import render

    chosen = chosen_formats(formats)
    pairs, unpaired = pair_files(source, target, segmented=segmented)
    name = _resolved(scorer, [pair.source for pair in pairs], model)
    with render.progress(len(pairs), "Aligning", quiet=quiet or as_json) as on_done:
        run = align_files(
            pairs,
            output,
            _scorer(name, model, back_model, threads, no_glossary=no_glossary),
            scorer_name=name.value,
            formats=chosen,
            segmented=segmented,
            min_score=min_score,
            gold=gold,
            unpaired=unpaired,
            on_done=on_done,
        )
    if as_json:
        counts = {document: len(found) for document, found in run.links.items()}
        agreement = run.agreement and {"strict": run.agreement.strict, "lax": run.agreement.lax}
        report = {"scorer": name, "links": counts, "failed": run.summary.failed, "agreement": agreement}
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif not quiet:
        _print(run.links, name)
    if run.agreement and not as_json:
        for kind, (precision, recall, f1) in (("strict", run.agreement.strict), ("lax", run.agreement.lax)):
            typer.echo(f"{kind:6}  P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}")
    render.failures(run.summary.failed)
    raise typer.Exit(1 if run.summary.failed else 0)


def _print(found: Mapping[str, Sequence[Link]], scorer: ScorerName) -> None:
    from aligner.align import LOW

    for name, links in found.items():
        alone = sum(not (link.source and link.target) for link in links)
        low = sum(link.score < LOW for link in links) - alone
        typer.echo(f"{name}: {len(links)} links by {scorer.value}, {alone} without a partner, {low} uncertain")


def _resolved(scorer: ScorerName, sources: Sequence[Path], model: str | None) -> ScorerName:
    """Settle what auto means."""
    if scorer is not ScorerName.AUTO:
        return scorer
    from aligner.decode import read_text
    from aligner.engines.registry import bundled_models
    from aligner.pipeline import is_french

    if not (model or bundled_models()):
        return ScorerName.LEXICAL
    for path in sources:
        try:
            return ScorerName.MT if is_french(read_text(path)[0]) else ScorerName.LEXICAL
        except FileError:  # which is reported in its turn
            continue
    return ScorerName.LEXICAL


def _scorer(
    scorer: ScorerName, model: str | None, back_model: str | None, threads: int | None, *, no_glossary: bool
) -> Scorer:
    from aligner.similarity import Embeddings, Lengths, Words, by_words, load_encoder

    if scorer is ScorerName.LENGTH:
        if back_model:
            raise AlignerError("--back-model is not for --scorer length", "leave out one of the two")
        return Lengths()
    forms = {} if no_glossary else _forms()
    with_embeddings = scorer is ScorerName.EMBEDDINGS
    # First, since what is missing should be told before a model is loaded.
    encoder = load_encoder(model) if with_embeddings else None
    back = _drafts(back_model, threads, of_english=True) if back_model else None
    if scorer is ScorerName.LEXICAL or (with_embeddings and model):
        return by_words(Words(forms=forms, back=back), Embeddings(encoder) if encoder else None)
    translate = _drafts(model, threads)
    return by_words(Words(translate, forms, back=back), Embeddings(encoder, translate) if encoder else None)


def _drafts(
    model: str | None, threads: int | None, *, of_english: bool = False
) -> Callable[[Sequence[str]], Sequence[str]]:
    """Load a model to make drafts with; those of the last texts are remembered, since several scorers ask for them."""
    from aligner.engines.translator import Translator

    # Greedy: drafts are only compared, and a beam takes four times as long.
    translator = Translator.load(model, threads=threads, beam=1)

    @lru_cache(maxsize=1)
    def drafts(texts: tuple[str, ...]) -> list[str]:
        # A translator lets English through, unless it is told that the texts are mixed.
        return [draft.text for draft in translator.translate(texts, mixed=of_english)]

    return lambda texts: drafts(tuple(texts))


def _forms() -> dict[str, str]:
    from aligner.glossary import Glossary

    return {form: term.target for term in Glossary.load().terms for form in (term.source, *term.source_variants)}
