"""A perceptual loss for vaereg: reconstructions should look alike to a network."""
