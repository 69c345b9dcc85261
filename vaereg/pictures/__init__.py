"""Draws examples: single images, and grids of many."""
