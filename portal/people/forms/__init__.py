"""Validation of input, by page."""
