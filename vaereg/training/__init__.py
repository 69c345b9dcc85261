"""Stage 5: VAE + data -> run folder: feeding, callbacks, checkpoints."""
