"""French documents in; sentence-aligned, terminology-faithful, scored and reviewable French-English files out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aligner.version import __version__

if TYPE_CHECKING:
    from aligner.align import score_alignment
    from aligner.engines.translator import Translator
    from aligner.errors import AlignerError
    from aligner.glossary import Glossary
    from aligner.pipeline import align_documents, translate_document
    from aligner.run import translate_paths

__all__ = [
    "AlignerError",
    "Glossary",
    "Translator",
    "__version__",
    "align_documents",
    "score_alignment",
    "translate_document",
    "translate_paths",
]

#: Imported when they are asked for, so that the command line's help waits for none of them.
_HOMES = {
    "AlignerError": "aligner.errors",
    "Glossary": "aligner.glossary",
    "Translator": "aligner.engines.translator",
    "align_documents": "aligner.pipeline",
    "score_alignment": "aligner.align",
    "translate_document": "aligner.pipeline",
    "translate_paths": "aligner.run",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
