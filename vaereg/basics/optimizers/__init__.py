"""The built-in optimizers, beside those of Keras."""
