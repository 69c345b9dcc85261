"""Stage 7: evaluations -> one HTML file that needs no network."""
