"""Data that comes with vaereg."""
