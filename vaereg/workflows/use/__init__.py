"""Uses a trained model: encodes, scores and reconstructs files, and walks through its latents."""
