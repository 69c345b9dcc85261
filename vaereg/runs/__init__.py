"""The run folder: which files it has, and how they are written so that no crash damages them."""
