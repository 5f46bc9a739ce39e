"""Terminology: make translations respect the glossary, and account for every term."""

from aligner.enforce.cascade import STEPS, Request, Step, enforce
from aligner.enforce.targets import find_targets, fitted

__all__ = ["STEPS", "Request", "Step", "enforce", "find_targets", "fitted"]
