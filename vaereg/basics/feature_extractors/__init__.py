"""The built-in feature extractors, one file each; what they share is in the folders beside them."""
