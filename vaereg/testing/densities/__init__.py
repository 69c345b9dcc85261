"""Densities examined through numbers: integrals, tails of weights, cells with many draws."""
