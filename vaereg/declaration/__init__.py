"""Stage 1: registry.toml -> Declaration: parsed, merged, resolved. Never imports keras."""
