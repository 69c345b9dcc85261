"""The laws, one module for each component."""
