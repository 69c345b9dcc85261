"""What each Keras backend does better in its own terms."""
