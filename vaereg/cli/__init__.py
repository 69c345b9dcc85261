"""argv in, text out: a file per command. Nothing imports it."""
