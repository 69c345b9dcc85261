"""Evaluations and comparisons -> one HTML file that needs no network."""
