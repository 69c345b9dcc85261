"""The Keras callbacks of a training, one for each duty; `prepare_training` puts them in order."""
