"""From all examples of a dataset to its splits, labels and hash."""
