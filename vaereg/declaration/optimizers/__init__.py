"""Optimizers in a declaration."""
