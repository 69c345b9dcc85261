"""Stage 5: VAE + data -> run folder: feeding, checkpoints, callbacks, devices."""
