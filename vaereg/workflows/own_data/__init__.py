"""Workflows that read a user's data without training on it."""
