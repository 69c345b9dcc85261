"""Stage 6: run folder -> evaluation.json and the arrays behind its scores."""
