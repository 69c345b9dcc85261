"""Per kind a Protocol with its laws, and the values that pass between parts; never keras."""
