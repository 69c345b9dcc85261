"""Posteriors: features to q(z given x) and draws from it."""
