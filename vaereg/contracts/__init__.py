"""For each kind a Protocol with its laws; values that pass between parts. Never imports keras."""
