"""Dividing the examples of a dataset into splits; encoding labels and hashing content."""
