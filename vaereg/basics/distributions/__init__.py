"""Numerics that posteriors, priors and likelihoods share."""
