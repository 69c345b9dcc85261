"""argv in, text out: one file per command. No other package of vaereg imports this one."""
