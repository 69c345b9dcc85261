"""Examples and latents that an evaluation keeps for the report."""
