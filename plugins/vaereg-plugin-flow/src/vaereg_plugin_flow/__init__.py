"""A prior for vaereg that learns where latents are."""
