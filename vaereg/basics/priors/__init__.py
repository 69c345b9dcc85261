"""Priors: distributions p(z) over latents."""
