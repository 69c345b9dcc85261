"""The run folder: its files, and how they are written so that no crash damages them."""
