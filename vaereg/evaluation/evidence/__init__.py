"""What an evaluation looks at: real, generated and reconstructed examples and their features."""
