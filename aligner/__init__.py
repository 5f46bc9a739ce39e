"""French documents in; sentence-aligned, terminology-faithful, scored and reviewable French-English files out."""

__version__ = "0.1.0"

from aligner.engines.translator import Translator
from aligner.errors import AlignerError
from aligner.glossary import Glossary
from aligner.pipeline import translate_document
from aligner.run import translate_paths

__all__ = ["AlignerError", "Glossary", "Translator", "__version__", "translate_document", "translate_paths"]
