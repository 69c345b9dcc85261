"""Distances of many pairs of points at once, tile by tile."""
