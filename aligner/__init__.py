"""French documents in; sentence-aligned, terminology-faithful, scored and reviewable French-English files out."""

__version__ = "0.1.0"
