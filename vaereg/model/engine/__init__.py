"""The engine: a Keras model of players, which trains VAEs and samplers."""
