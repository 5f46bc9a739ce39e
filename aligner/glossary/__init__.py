"""Termbases: read and write them, lint and mend them, find and count their terms in French text."""

from aligner.glossary.findings import Finding
from aligner.glossary.fix import Fix, fix
from aligner.glossary.glossary import Glossary
from aligner.glossary.lint import lint
from aligner.glossary.load import default_path, is_text, load_terms, raise_errors, read_terms, read_text
from aligner.glossary.stats import Stats, stats
from aligner.glossary.write import FORMATS, format_terms

__all__ = [
    "FORMATS",
    "Finding",
    "Fix",
    "Glossary",
    "Stats",
    "default_path",
    "fix",
    "format_terms",
    "is_text",
    "lint",
    "load_terms",
    "raise_errors",
    "read_terms",
    "read_text",
    "stats",
]
