"""The built-in plugin: plugin.py offers the components, one file implements each."""
