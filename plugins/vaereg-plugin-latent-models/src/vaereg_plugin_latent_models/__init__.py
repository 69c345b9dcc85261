"""Samplers for vaereg that learn the distribution of encoded data."""
