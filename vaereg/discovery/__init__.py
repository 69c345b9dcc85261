"""Installed entry points -> Catalog of the available components. Never imports keras."""
