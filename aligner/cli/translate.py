"""`aligner translate`: the main job."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aligner.cli.choices import chosen_formats, chosen_glossary, chosen_memory
from aligner.errors import AlignerError

if TYPE_CHECKING:
    from aligner.distributed import RayPool
    from aligner.engines.translator import Translator
    from aligner.glossary import Glossary


def translate(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, globs, or - for standard input.", metavar="PATH...")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = Path("outputs"),
    model: Annotated[
        str | None, typer.Option(help="Bundled model, directory, or hub id. [default: the bundled one]")
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Branch, tag or commit of a hub model.")] = None,
    glossary: Annotated[
        list[Path] | None,
        typer.Option(help="CSV, TSV, TBX or XLSX glossary, not the bundled one; may be repeated, the first wins."),
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option(help="Domain that is meant where a source has several entries; may be repeated, the first wins."),
    ] = None,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Translate without a glossary.")] = False,
    references: Annotated[
        Path | None,
        typer.Option(help="Folder of reference translations NAME.en.txt. [default: references/ in each input folder]"),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(help="Formats to write, with commas; xlsx too. [default: moses,tsv,jsonl,tmx,text,xliff,html]"),
    ] = None,
    checks: Annotated[Path | None, typer.Option(help="TOML profile of QA checks, as for aligner check.")] = None,
    beam: Annotated[int, typer.Option(min=1, max=64, help="Beam width.")] = 4,
    batch_tokens: Annotated[int | None, typer.Option(min=1, help="Source tokens a batch. [default: by device]")] = None,
    engine: Annotated[
        str,
        typer.Option(help="auto, ctranslate2 or transformers; auto is the first where it is installed."),
    ] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads. [default: all that may be used]")] = None,
    engine_pool: Annotated[
        str, typer.Option(help="Where the model works: local, in this process, or ray, in workers on Ray.")
    ] = "local",
    ray_address: Annotated[
        str | None,
        typer.Option(help="Ray cluster, auto or HOST:PORT. [default: RAY_ADDRESS, or Ray is started on this machine]"),
    ] = None,
    ray_workers: Annotated[
        int | None,
        typer.Option(min=1, help="Workers on Ray, which share its CPUs. [default: one for 4 CPUs, or a GPU]"),
    ] = None,
    memory: Annotated[
        Path | None,
        typer.Option(help="Translation memory. [default: the user's; see aligner cache info]"),
    ] = None,
    no_memory: Annotated[
        bool, typer.Option("--no-memory", help="Translate everything anew; keep nothing and use nothing kept.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's report as JSON.")] = False,
) -> None:
    """Translate French documents; write aligned, scored files and pages to review.

    A glossary beside a document, NAME.glossary.csv (.tsv, .tbx, .xlsx), goes before the others for that document.
    What was translated before, by the same model with the same entries, comes from the translation memory, so a run
    that was cut off goes on where it was. What reviewers approved is never overwritten.

    With --engine-pool ray, documents are read and written here and translated by workers, which need the same aligner
    and engine; a model's directory has to be at the same path on all machines. A worker that is lost is replaced.

    Exit code: 0 all is written, 1 some documents failed (they are listed, the others are written), 2 wrong use.

    \b
    Examples:
      aligner translate corpus/
      aligner translate 'reports/**/*.txt' -o out --formats tmx,html
      aligner translate note.txt --model Helsinki-NLP/opus-mt-fr-en --glossary mine.csv
      cat note.txt | aligner translate - --quiet --json
      aligner translate archive/ --engine-pool ray --ray-address auto
    """
    from aligner.checks import DEFAULT, Profile
    from aligner.cli import render
    from aligner.run import input_bytes, translate_paths

    chosen = chosen_formats(formats)
    total = input_bytes(paths, output)
    profile = DEFAULT if checks is None else Profile.load(checks)
    terms = _glossary(glossary or [], domain or [], no_glossary)
    loading = {
        "model": model,
        "revision": revision,
        "engine": engine,
        "device": device,
        "threads": threads,
        "batch_tokens": batch_tokens,
        "beam": beam,
    }
    with (
        chosen_memory(memory, none=no_memory) as kept,
        _pool(engine_pool, ray_address, ray_workers, loading) as pool,
        render.progress(total, "Translating", quiet=quiet or as_json) as on_done,
    ):
        summary = translate_paths(
            paths,
            output,
            pool,
            terms,
            references=references,
            formats=chosen,
            profile=profile,
            memory=kept,
            on_done=on_done,
        )
    if as_json:
        typer.echo((output / "report.json").read_text(encoding="utf-8"), nl=False)
    elif not quiet:
        render.run(summary, output)
    render.failures(summary.failed)
    raise typer.Exit(1 if summary.failed else 0)


def _pool(
    kind: str, address: str | None, workers: int | None, loading: dict[str, Any]
) -> AbstractContextManager[Translator | RayPool]:
    from aligner.engines.translator import Translator

    if kind == "ray":
        from aligner.distributed import RayPool

        return RayPool(**loading, address=address, workers=workers)
    if kind != "local":
        raise AlignerError(f"there is no engine pool {kind!r}", "use local or ray")
    if address or workers:
        raise AlignerError("--ray-address and --ray-workers are for Ray", "add --engine-pool ray")
    return nullcontext(Translator.load(**loading))


def _glossary(paths: list[Path], domains: list[str], none: bool) -> Glossary:
    from aligner.glossary import Glossary

    glossary = chosen_glossary(paths, domains, none=none)
    if glossary is None:
        glossary = Glossary.load(domains=domains)
    if domains:
        known = sorted({term.domain for term in glossary.terms if term.domain})
        unknown = next((domain for domain in domains if domain not in known), None)
        if unknown is not None:
            raise AlignerError(f"no entry has the domain {unknown!r}", f"choose among {', '.join(known) or 'none'}")
    return glossary
