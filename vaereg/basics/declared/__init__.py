"""The declarations of the built-in components, a file per kind. Never imports keras."""
