"""Stage 3: Declaration + data -> Parts, which are tried on random data."""
