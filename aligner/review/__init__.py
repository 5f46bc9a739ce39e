"""The HTML pages: a document side by side, and the index of a run. Each is one file that fetches nothing."""

from aligner.review.document import render_document
from aligner.review.index import render_index
from aligner.review.summary import DocumentSummary, RunSummary, summarise

__all__ = ["DocumentSummary", "RunSummary", "render_document", "render_index", "summarise"]
