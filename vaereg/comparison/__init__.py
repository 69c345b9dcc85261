"""Stage 8: two evaluations -> verdicts, one for each question."""
