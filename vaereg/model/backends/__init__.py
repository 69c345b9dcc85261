"""Each backend's steps, optimizers and feeding; one folder per backend."""
