"""A trained model in use: its weights loaded, its sampler fitted, samples drawn."""
