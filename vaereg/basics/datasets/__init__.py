"""The built-in datasets, one file each; shared code is in the folders next to them."""
