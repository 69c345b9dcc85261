"""The networks of the feature extractors, and running them over many examples."""
