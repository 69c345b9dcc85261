"""Fixed filters and the statistics of their responses."""
