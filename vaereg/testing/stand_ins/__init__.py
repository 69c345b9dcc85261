"""Small parts, steps and evidence that stand in for a real model in tests."""
