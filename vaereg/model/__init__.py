"""Stage 4: Parts -> VAE, a keras.Model that routes each player's gradient to its own variables."""
