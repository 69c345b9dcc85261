"""Checks this machine: backends, versions, plugins and folders."""
