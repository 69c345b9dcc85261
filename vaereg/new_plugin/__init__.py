"""A name and a kind -> a complete plugin package: what `vaereg new-plugin` writes."""
