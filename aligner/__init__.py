"""French documents in; sentence-aligned, terminology-faithful, scored and reviewable French-English files out."""

from aligner.engines.translator import Translator
from aligner.errors import AlignerError
from aligner.glossary import Glossary
from aligner.pipeline import translate_document
from aligner.run import translate_paths
from aligner.version import __version__

__all__ = ["AlignerError", "Glossary", "Translator", "__version__", "translate_document", "translate_paths"]
