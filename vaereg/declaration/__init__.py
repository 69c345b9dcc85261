"""registry.toml -> Declaration: read, merged, overridden, resolved. Never imports keras."""
