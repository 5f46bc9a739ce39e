"""`aligner glossary`: look after termbases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.choices import warn
from aligner.cli.extract import extract
from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aligner.errors import FileError
    from aligner.model import Document

glossary_app = typer.Typer(name="glossary", no_args_is_help=True, rich_markup_mode=None)

_A_GLOSSARY = "A glossary: .csv, .tsv, .tbx or .xlsx."


@glossary_app.callback()
def _glossary() -> None:
    """Look after glossaries: check and mend them, convert them, count their terms, propose new ones.

    \b
    Examples:
      aligner glossary lint mine.csv --fix
      aligner glossary convert iate.tbx mine.csv
      aligner glossary stats mine.csv corpus/
      aligner glossary extract memory.tmx -o proposals.csv
    """


@glossary_app.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Glossaries: .csv, .tsv, .tbx or .xlsx.", metavar="FILE")],
    mend: Annotated[
        bool, typer.Option("--fix", help="Mend what is safe to mend, in the file itself: CSV and TSV only.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --fix: write here, and leave FILE as it is.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the findings as JSON, and what was mended to stderr.")
    ] = False,
) -> None:
    """Find entries that will not do what they were written for.

    Each finding has its file and line, how bad it is (error, warning, info), and its rule in square brackets.

    --fix trims blanks, repairs wrongly decoded text where that is certain, drops variants that make no difference and
    rows that repeat another, and says so. Every other byte stays as it is, but the file becomes UTF-8. Lines are those
    of the mended file.

    Exit code: 0 no errors (there may be warnings), 1 errors were found, 2 a file cannot be read.

    \b
    Examples:
      aligner glossary lint mine.csv
      aligner glossary lint mine.csv clients/*.xlsx --json
      aligner glossary lint mine.csv --fix
      aligner glossary lint mine.csv --fix -o mended.csv
    """
    from aligner.glossary import lint as find
    from aligner.glossary import read_terms
    from aligner.inflect import counted
    from aligner.model import Severity

    if output is not None and (not mend or len(files) > 1):
        raise AlignerError("--output takes one mended file", "pass --fix and one FILE")
    entries, findings = 0, []
    for file in files:
        if mend:
            for line in _mended(file, output or file):
                typer.echo(line, err=as_json)
        terms, read = read_terms(output or file)
        entries += len(terms)
        findings += [((output or file).parent / finding.origin, finding) for finding in find(terms, read)]
    if as_json:
        records = [asdict(finding) | {"origin": str(origin)} for origin, finding in findings]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for origin, finding in findings:
            typer.echo(f"{origin}: {finding.severity}: {finding.said} [{finding.rule}]")
        typer.echo(f"{counted(entries, 'entry')}, {counted(len(findings), 'finding')}")
    raise typer.Exit(1 if any(finding.severity is Severity.ERROR for _, finding in findings) else 0)


def _mended(file: Path, output: Path) -> Iterator[str]:
    """Mend a file, and say what was done to it."""
    from aligner.decode import STDIN
    from aligner.formats.files import write_atomic
    from aligner.glossary import fix, is_text, read_text

    if not is_text(file) or str(output) == STDIN:
        raise AlignerError("cannot be mended", "name a CSV or TSV file, or convert it to one", path=file)
    text, encoding = read_text(file)
    mended, fixes = fix(text, file)
    if fixes or output != file:
        # Excel takes UTF-8 without its mark for Windows-1252, so a file that came in another encoding gets the mark.
        write_atomic(output, mended.encode("utf-8" if encoding == "utf-8" else "utf-8-sig"))
    for one in fixes:
        what = f"{one.column} {one.before!r} → {one.after!r}" if one.column else f"removed its repeat {one.before!r}"
        was = f" (line {one.was} before)" if one.was != one.line else ""
        yield f"{output}:{one.line}: fixed: {what}{was} [{one.rule}]"


@glossary_app.command()
def convert(
    source: Annotated[Path, typer.Argument(help=_A_GLOSSARY, metavar="IN")],
    target: Annotated[Path, typer.Argument(help="The file to write; its ending says how.", metavar="OUT")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="csv, tsv, pairs, tbx or xlsx. [default: by the ending of OUT]"),
    ] = None,
) -> None:
    """Convert a glossary from one format to another.

    Formats are CSV, TSV, TBX-Basic (ISO 30042), Excel, and for writing pairs.

    `pairs` is what online MT services take: sources and targets with a tab between them and no header, a row a source
    variant, an acronym's with an acronym if the entry has one. CSV and TSV are such that Excel opens them: with a byte
    order mark, and an apostrophe before what it would run as a formula, which reading takes away again. What is left
    out of IN, and what OUT cannot hold, is said on stderr.

    Exit code: 0 it was written, 2 it was not.

    \b
    Examples:
      aligner glossary convert mine.csv mine.tbx
      aligner glossary convert iate.tbx mine.csv
      aligner glossary convert mine.xlsx service.tsv --to pairs
    """
    from aligner.formats.files import write_atomic
    from aligner.glossary import FORMATS, format_terms, raise_errors, read_terms

    if target.exists() and source.exists() and target.samefile(source):
        raise AlignerError("is both IN and OUT", "name another file to write", path=target)
    name = to or target.suffix.lower().lstrip(".")
    if name not in FORMATS:
        problem = f"there is no glossary format {name!r}" if name else "has no ending that names a format"
        raise AlignerError(problem, f"choose --to among {', '.join(FORMATS)}", path=target)
    terms, findings = read_terms(source)
    raise_errors(source, findings)
    try:
        data, lost = format_terms(terms, name)
    except AlignerError as error:  # it names no file, or an entry as its origin does
        raise AlignerError(error.problem, error.remedy, path=source.parent / (error.path or source.name)) from error
    write_atomic(target, data)
    for finding in findings:
        typer.echo(f"{source.parent / finding.origin}: {finding.said}", err=True)
    if lost:
        typer.echo(f"{target} does not hold {', '.join(lost)}", err=True)


@glossary_app.command()
def stats(
    glossary: Annotated[Path, typer.Argument(help=_A_GLOSSARY, metavar="GLOSSARY")],
    paths: Annotated[
        list[str], typer.Argument(help="French files, folders, globs, or - for standard input.", metavar="CORPUS")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count how often a corpus has each entry of a glossary.

    Entries that occur most come first, those that never occur last; beside each stands in how many documents it occurs.

    Exit code: 0 everything is counted, 1 some documents could not be read (they are listed on stderr), 2 nothing could
    be.

    \b
    Examples:
      aligner glossary stats mine.csv corpus/
      aligner glossary stats mine.csv 'reports/**/*.txt' --json | jq '.terms[] | select(.hits == 0).source'
    """
    from aligner.glossary import Glossary, load_terms
    from aligner.glossary import stats as count
    from aligner.inflect import counted

    failed: list[FileError] = []
    terms = load_terms(glossary, warn)
    found = count(Glossary(terms, [glossary.name]), _documents(paths, failed))
    if failed and not found.documents:
        first, more = failed[0], len(failed) - 1
        also = f" ({counted(more, 'more document')} cannot be read)" if more else ""
        raise AlignerError(first.problem, first.remedy + also, path=first.path, line=first.line)
    totals = {
        "entries": len(found.usages),
        "used": found.used,
        "hits": found.hits,
        "documents": found.documents,
        "words": found.words,
        "hits_per_1000_words": round(found.hits_per_1000_words, 2),
    }
    if as_json:
        entries = [
            {"source": one.term.source, "target": one.term.target, "hits": one.hits, "documents": one.documents}
            for one in found.usages
        ]
        typer.echo(json.dumps(totals | {"terms": entries}, ensure_ascii=False, indent=2))
    else:
        typer.echo("  hits  docs  term")
        for one in found.usages:
            typer.echo(f"{one.hits:6}  {one.documents:4}  {one.term.source} → {one.term.target}")
        typer.echo(
            f"{found.used} of {counted(len(found.usages), 'entry')} found, {counted(found.hits, 'time')} in "
            f"{counted(found.documents, 'document')} of {counted(found.words, 'word')} "
            f"({found.hits_per_1000_words:.1f} in 1000 words)"
        )
    for error in failed:
        typer.echo(f"aligner: {error}", err=True)
    raise typer.Exit(1 if failed else 0)


def _documents(paths: list[str], failed: list[FileError]) -> Iterator[Document]:
    from aligner.errors import FileError
    from aligner.readers import discover, read_document

    for one in discover(paths):
        try:
            yield read_document(one.path, one.name)
        except FileError as error:
            failed.append(error)


glossary_app.command()(extract)
