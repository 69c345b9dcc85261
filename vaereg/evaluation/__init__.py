"""Stage 6: run folder -> evaluation.json, and the comparison of evaluated runs."""
