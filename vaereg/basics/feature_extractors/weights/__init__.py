"""Finding, reading and identifying the weights of the feature extractors."""
