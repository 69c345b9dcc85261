"""The contract kit: what a plugin author runs on their components."""
