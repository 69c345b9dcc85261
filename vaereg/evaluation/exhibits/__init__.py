"""Examples and latents that are kept for the report."""
