"""The built-in decoders."""
