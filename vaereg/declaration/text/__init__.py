"""TOML text -> values with their places, overridden by settings on the command line."""
