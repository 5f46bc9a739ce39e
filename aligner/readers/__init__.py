"""Files in, `Document`s out: find the inputs, decode them, find their blocks."""

from aligner.readers.discover import Input, discover
from aligner.readers.text import document_from_text, read_document, read_lines

__all__ = ["Input", "discover", "document_from_text", "read_document", "read_lines"]
