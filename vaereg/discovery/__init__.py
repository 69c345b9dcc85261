"""Installed entry points -> Catalog: which components there are. Never imports keras."""
