"""Weights of terms that are measured from gradients."""
