"""The built-in plugin: plugin.py declares, one file per component does."""
