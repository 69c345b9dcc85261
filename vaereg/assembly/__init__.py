"""Stage 3: Declaration + data -> Parts, which are tried on made-up data."""
