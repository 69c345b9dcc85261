"""Each backend's steps, optimizers and feeding; one folder a backend."""
