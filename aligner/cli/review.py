"""`aligner review`: serve the review page, or bring back what was exported from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from aligner.cli.choices import chosen_memory
from aligner.errors import AlignerError

if TYPE_CHECKING:
    from typer._click.core import Context


class _ServeByDefault(TyperGroup):
    """`aligner review OUTPUTS` is `aligner review serve OUTPUTS`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


_Memory = Annotated[
    Path | None, typer.Option(help="Translation memory that learns what is approved. [default: the user's]")
]
_NoMemory = Annotated[bool, typer.Option("--no-memory", help="Keep nothing of this in a translation memory.")]
review_app = typer.Typer(name="review", cls=_ServeByDefault, rich_markup_mode=None)


@review_app.callback()
def _review() -> None:
    """Review translations in the browser, and bring edits back into every format.

    \b
    Examples:
      aligner review outputs
      aligner review apply note.edits.json
      aligner review apply note.xliff other.tmx outputs
    """


@review_app.command()
def serve(
    outputs: Annotated[Path, typer.Argument(help="Output folder of a run.", metavar="OUTPUTS")] = Path("outputs"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    memory: _Memory = None,
    no_memory: _NoMemory = False,
) -> None:
    """Serve the review page on this machine; what is decided there is written into the outputs at once.

    The address has a random token: whoever knows it may edit. Ctrl-C ends it.

    \b
    Examples:
      aligner review outputs
      aligner review outputs --open
    """
    import webbrowser

    from aligner.desk import Desk
    from aligner.formats.files import one_writer
    from aligner.outputs import read_outputs
    from aligner.review.server import ReviewServer

    with (
        one_writer(outputs),
        chosen_memory(memory, none=no_memory) as kept,
        Desk(read_outputs(outputs, kept)) as desk,
    ):
        server = ReviewServer(desk, port)
        typer.echo(server.url)
        typer.echo("Ctrl-C ends the review", err=True)
        if browser:
            webbrowser.open(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("aligner: all decisions are in the outputs", err=True)
        finally:
            server.server_close()


@review_app.command()
def apply(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files of edits (JSON from the page, XLIFF, TMX, XLSX); the last one may be the output folder "
            "[default: outputs].",
            metavar="EDITS... [OUTPUTS]",
        ),
    ],
    newest: Annotated[
        bool, typer.Option("--newest", help="Where a segment was edited twice, take these edits.")
    ] = False,
    memory: _Memory = None,
    no_memory: _NoMemory = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Merge edits into the outputs, by document and segment, in every format that is there.

    An edit is what a person changed: drafts that are as the file was written with are none. What is in conflict is
    listed, and kept in OUTPUTS/conflicts.jsonl until it is settled. Applying the same edits again changes nothing.

    Exit code: 0 all is merged, 1 there are conflicts, 2 a file cannot be read.

    \b
    Examples:
      aligner review apply note.edits.json
      aligner review apply from-trados.xliff outputs
      aligner review apply outputs/conflicts.jsonl --newest
    """
    import json

    from aligner.cli import render
    from aligner.formats.files import one_writer
    from aligner.outputs import read_edits, read_outputs

    *files, last = paths
    folder = last if last.is_dir() else Path("outputs")
    files = files if last.is_dir() else paths
    if not files:
        raise AlignerError("no file of edits is named", "name one before the output folder", path=last)
    edits = [edit for path in files for edit in read_edits(path)]
    with one_writer(folder), chosen_memory(memory, none=no_memory) as kept:
        found = read_outputs(folder, kept)
        merged = found.decide(edits, newest=newest)
        found.refresh()
    if as_json:
        conflicts = [
            {"document": one.edit.document, "segment": one.edit.segment_id, "reason": one.reason}
            for one in merged.conflicts
        ]
        typer.echo(json.dumps({"read": len(edits), "applied": len(merged.taken), "conflicts": conflicts}, indent=2))
    else:
        render.merge(merged, len(edits), folder)
    raise typer.Exit(1 if merged.conflicts else 0)
