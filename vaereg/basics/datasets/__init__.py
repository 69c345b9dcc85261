"""The built-in datasets, one component a file."""
