"""The command line: one thin function a command, and the one place where errors become messages."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from aligner.cli.align import align
from aligner.cli.cache import cache_app
from aligner.cli.check import check
from aligner.cli.corpus import corpus_app
from aligner.cli.glossary import glossary_app
from aligner.cli.models import models
from aligner.cli.review import review_app
from aligner.cli.score import score
from aligner.cli.segment import segment
from aligner.cli.translate import translate
from aligner.errors import AlignerError
from aligner.version import __version__

#: The exit code of a program that Ctrl-C ended.
INTERRUPTED = 130
#: Plain help: rich's panels take longer to load than everything else that `--help` needs.
app = typer.Typer(name="aligner", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command(short_help="Translate documents with your terminology.")(translate)
app.command(short_help="Align texts with their existing translations.")(align)
app.add_typer(review_app, short_help="Review translations in the browser.")
app.command(short_help="Check translations, ours or others'.")(check)
app.command(short_help="Score a translation against a reference.")(score)
app.add_typer(glossary_app, short_help="Check, mend, convert and extract glossaries.")
app.add_typer(corpus_app, short_help="Build parallel corpora.")
app.command(short_help="Show how a document is cut into segments.")(segment)
app.add_typer(cache_app, short_help="See or empty what is kept between runs.")
app.command(short_help="List the bundled models.")(models)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aligner {__version__}")
        raise typer.Exit


@app.callback()
def aligner(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Translate French documents into English with your terminology, and review the result side by side.

    \b
    Examples:
      aligner translate corpus/
      aligner translate report.txt --glossary mine.csv -o outputs
      aligner glossary lint mine.csv
    """


def main() -> None:
    """Run the command line; a user's error is one line on stderr and exit code 2."""
    try:
        code = app(prog_name="aligner", standalone_mode=False)
    except AlignerError as error:
        _fail(str(error))
    except TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else "aborted"
        if message.startswith("Usage:"):  # no command was given: the help says which there are
            print(message, file=sys.stderr)
            sys.exit(2)
        context = getattr(error, "ctx", None)
        _fail(f"{message.rstrip('.')}; see {context.command_path if context else 'aligner'} --help")
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, as `| head` does
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        _fail(f"{error.filename or 'a file'}: {reason}; check the path, its permissions and the space on the disk")
    else:
        if code == INTERRUPTED:
            print("aligner: interrupted; no file is left half-written", file=sys.stderr)
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str) -> None:
    print(f"aligner: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(2)
