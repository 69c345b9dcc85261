"""Optimizers of players that are not plain ones of Keras: of plugins, and schedule-free."""
