"""TOML text -> values that know their places, and settings on the command line over them."""
