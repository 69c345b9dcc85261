"""Spectra of images in small windows, their distances, and regular patterns in them."""
