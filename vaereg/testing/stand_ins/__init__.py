"""Small parts, steps and evidence that replace a real model in tests."""
