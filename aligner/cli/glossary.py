"""`aligner glossary`: look after termbases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.extract import extract
from aligner.errors import AlignerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aligner.model import Document

glossary_app = typer.Typer(name="glossary", help="Look after glossaries.", no_args_is_help=True, rich_markup_mode=None)


@glossary_app.callback()
def _glossary() -> None:
    """Look after glossaries."""


@glossary_app.command()
def lint(
    files: Annotated[list[Path], typer.Argument(help="Glossaries: CSV, TSV, TBX or XLSX.", metavar="FILE...")],
    mend: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend in a CSV or TSV file.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="With --fix: write here, and leave the file as it is.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find entries that will not do what they were written for.

    --fix trims blanks, repairs wrongly decoded text where that is certain, drops variants that make no difference and
    rows that repeat another, says so line by line, and leaves every other byte as it is (the file becomes UTF-8).

    Exit code: 0 no error (there may be warnings), 1 errors found, 2 a file cannot be read.

    \b
    Examples:
      aligner glossary lint mine.csv
      aligner glossary lint mine.csv clients/*.xlsx --json
      aligner glossary lint mine.csv --fix
    """
    from aligner.glossary import lint as find
    from aligner.glossary import read_terms
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
        findings += [(file.parent / finding.origin, finding) for finding in find(terms, read)]
    if as_json:
        records = [asdict(finding) | {"origin": str(origin)} for origin, finding in findings]
        typer.echo(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for origin, finding in findings:
            message = "; ".join(filter(None, (finding.message, finding.remedy)))
            typer.echo(f"{origin}: {finding.severity}: {message} [{finding.rule}]")
        typer.echo(f"{entries} entries, {len(findings)} findings")
    raise typer.Exit(1 if any(finding.severity is Severity.ERROR for _, finding in findings) else 0)


def _mended(file: Path, output: Path) -> Iterator[str]:
    """Mend a file, and say what was done to it."""
    from aligner.decode import STDIN, read_text
    from aligner.formats.files import write_atomic
    from aligner.glossary import fix, is_text

    if not is_text(file) or str(output) == STDIN:
        raise AlignerError("cannot be mended", "name a CSV or TSV file, or convert it to one", path=file)
    text, encoding = read_text(file)
    mended, fixes = fix(text, file)
    if fixes or output != file:
        # Excel takes UTF-8 without its mark for Windows-1252, so a file that came in another encoding gets the mark.
        write_atomic(output, mended.encode("utf-8" if encoding == "utf-8" else "utf-8-sig"))
    for one in fixes:
        what = f"{one.column} {one.before!r} → {one.after!r}" if one.column else f"removed, as it repeats {one.after}"
        yield f"{file}:{one.line}: fixed: {what} [{one.rule}]"


@glossary_app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="A glossary: CSV, TSV, TBX or XLSX.", metavar="IN")],
    target: Annotated[Path, typer.Argument(help="The file to write; its ending says how.", metavar="OUT")],
    to: Annotated[
        str | None, typer.Option("--to", help="csv, tsv, pairs, tbx or xlsx. [default: by the ending of OUT]")
    ] = None,
) -> None:
    """Convert a glossary between CSV, TSV, TBX-Basic (ISO 30042) and Excel.

    `pairs` is what online MT services take: sources and targets with a tab between them and nothing else, a row a
    source variant. What the file written does not hold is said on stderr.

    \b
    Examples:
      aligner glossary convert mine.csv mine.tbx
      aligner glossary convert iate-export.tbx iate.csv
      aligner glossary convert mine.xlsx service.tsv --to pairs
    """
    from aligner.formats.files import write_atomic
    from aligner.glossary import format_terms, raise_errors, read_terms

    if target.exists() and source.exists() and target.samefile(source):
        raise AlignerError("is both IN and OUT", "name another file to write", path=target)
    terms, findings = read_terms(source)
    raise_errors(source, findings)
    data, lost = format_terms(terms, to or target.suffix.lower().lstrip("."))
    write_atomic(target, data)
    for finding in findings:
        typer.echo(f"{source.parent / finding.origin}: {finding.message}", err=True)
    if lost:
        typer.echo(f"{target} does not hold {', '.join(lost)}", err=True)


@glossary_app.command()
def stats(
    glossary: Annotated[Path, typer.Argument(help="A glossary: CSV, TSV, TBX or XLSX.")],
    paths: Annotated[
        list[str], typer.Argument(help="French files, folders, globs, or - for standard input.", metavar="CORPUS...")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count which entries of a glossary a corpus has, how often and in how many documents, and which it never has.

    Exit code: 0 all is counted, 1 some documents could not be read (they are listed), 2 wrong use.

    \b
    Examples:
      aligner glossary stats mine.csv corpus/
      aligner glossary stats mine.csv 'reports/**/*.txt' --json | jq '.terms[] | select(.hits == 0).source'
    """
    from aligner.glossary import Glossary
    from aligner.glossary import stats as count

    failed: list[str] = []
    found = count(Glossary.load(glossary), _documents(paths, failed))
    totals = {
        "entries": len(found.usages),
        "used": found.used,
        "hits": found.hits,
        "documents": found.documents,
        "words": found.words,
        "hits_per_1000_words": round(found.hits_per_1000_words, 2),
    }
    if as_json:
        terms = [
            {"source": one.term.source, "target": one.term.target, "hits": one.hits, "documents": one.documents}
            for one in found.usages
        ]
        typer.echo(json.dumps(totals | {"terms": terms}, ensure_ascii=False, indent=2))
    else:
        typer.echo("  hits  docs  term")
        for one in found.usages:
            typer.echo(f"{one.hits:6}  {one.documents:4}  {one.term.source} → {one.term.target}")
        typer.echo(
            f"{found.used} of {totals['entries']} entries occur, {found.hits} times in {found.documents} documents of "
            f"{found.words} words ({found.hits_per_1000_words:.1f} in 1000 words)"
        )
    for message in failed:
        typer.echo(f"aligner: {message}", err=True)
    raise typer.Exit(1 if failed else 0)


def _documents(paths: list[str], failed: list[str]) -> Iterator[Document]:
    from aligner.errors import FileError
    from aligner.readers import discover, read_document

    for one in discover(paths):
        try:
            yield read_document(one.path, one.name)
        except FileError as error:
            failed.append(str(error))


glossary_app.command()(extract)
