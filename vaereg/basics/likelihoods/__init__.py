"""Likelihoods: decoder outputs read as a distribution over data."""
