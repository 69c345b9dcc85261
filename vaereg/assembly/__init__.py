"""Stage 3: Declaration + data -> Parts, tested on random data."""
