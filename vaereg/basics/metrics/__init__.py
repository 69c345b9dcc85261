"""The built-in metrics, one file each; what they share is in the folders below."""
