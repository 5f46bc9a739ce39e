"""The HTML pages: to review on, and the index of a run. Each is one file that fetches nothing."""

from aligner.review.data import MOST_SEGMENTS, REVIEW_RULE
from aligner.review.document import render_document, render_run
from aligner.review.edits import log_lines, numbered_export, read_export, read_log
from aligner.review.index import render_index
from aligner.review.summary import DocumentSummary, RunSummary, count_words, summarise

__all__ = [
    "MOST_SEGMENTS",
    "REVIEW_RULE",
    "DocumentSummary",
    "RunSummary",
    "count_words",
    "log_lines",
    "numbered_export",
    "read_export",
    "read_log",
    "render_document",
    "render_index",
    "render_run",
    "summarise",
]
