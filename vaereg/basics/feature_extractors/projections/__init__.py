"""Projections of values to fewer dimensions."""
