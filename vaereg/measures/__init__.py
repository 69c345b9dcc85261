"""Distances, nearest neighbours and spectra of large sets, exact and in bounded memory.

Everything is plain NumPy. Distances come from one engine: `tiles` computes bounds on squared
distances from matrix products, and what the bounds leave open, `exact_distances` measures. vaereg
offers these names to metrics:

    nearest_neighbours   the k nearest references of each query
    nearest_in_training  the nearest training example of each example of an evaluation, kept
    count_within         in how many balls each point lies
    pair_statistics      neighbours, balls and sums of a cubic kernel, each pair computed once
    radial_spectrum      the power of images by spatial frequency

`Neighbours`, `PairStatistics` and `Cubes` are the types that they return.
"""
