"""Keras layers that the built-in encoders and decoders are made of."""
