"""Terminology: make translations respect the glossary, and account for every term."""

from aligner.enforce.candidate import STEPS, Request, Step
from aligner.enforce.cascade import enforce
from aligner.enforce.tags import with_tags
from aligner.enforce.targets import find_targets, fitted

__all__ = ["STEPS", "Request", "Step", "enforce", "find_targets", "fitted", "with_tags"]
