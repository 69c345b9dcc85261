"""Distances, nearest neighbours and spectra of large sets, exact and in bounded memory.

Everything is plain NumPy. All distances are found in two steps: `tiles` computes bounds on squared
distances from matrix products, and `exact_distances` measures the pairs that the bounds leave
open. vaereg offers these functions to metrics:

    nearest_neighbours   the k nearest references of each query
    nearest_in_training  the training example nearest to each example of an evaluation, cached
    nearest_other        the nearest other example of the same set, cached
    count_within         the number of balls that each point lies in
    pair_statistics      neighbours, ball counts and cubic kernel sums from one pass over all pairs
    radial_spectrum      the power of images by spatial frequency

`Neighbours`, `PairStatistics` and `Cubes` are the types that they return.
"""
