"""A trained model put to use: its weights taken back, its sampler fitted, samples drawn."""
