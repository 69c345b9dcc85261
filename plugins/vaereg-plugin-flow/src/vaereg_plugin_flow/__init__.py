"""A prior for vaereg that learns the distribution of the latents."""
