"""The examples that a trained model is used on: read from files, batch by batch."""
