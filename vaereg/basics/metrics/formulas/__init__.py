"""Formulas that metrics are computed with: arrays in, numbers out."""
