"""Lists, compares and deletes runs."""
