"""The evidence of an evaluation: real, generated and reconstructed examples and their features."""
