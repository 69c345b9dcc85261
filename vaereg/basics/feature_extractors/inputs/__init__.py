"""Preparing examples for the feature extractors."""
