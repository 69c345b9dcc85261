"""Discriminators for vaereg: critics that are trained against the VAE."""
