"""The Keras callbacks of a training, a small one for each duty; `trainer` puts them in order."""
