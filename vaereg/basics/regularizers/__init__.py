"""The built-in regularizers, one file each."""
