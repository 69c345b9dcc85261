"""The built-in feature extractors, one file each; shared code is in the folders next to them."""
