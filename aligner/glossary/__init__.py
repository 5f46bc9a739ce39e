"""Termbases: load them, lint them, find their terms in French text."""

from aligner.glossary.glossary import Glossary
from aligner.glossary.lint import Finding, lint
from aligner.glossary.load import default_path, load_terms

__all__ = ["Finding", "Glossary", "default_path", "lint", "load_terms"]
