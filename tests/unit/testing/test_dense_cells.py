"""Cells of a plane in which draws are dense."""

import numpy as np

from vaereg.testing.densities.dense_cells import DenseCells


def log_density_of(z):
    return -0.5 * np.square(z).sum(axis=1) - np.log(2 * np.pi)


def test_other_draws_fall_into_the_cells_as_their_density_says():
    rng = np.random.default_rng(0)
    first, z = rng.normal(size=(2, 40_000, 2))
    cells = DenseCells(first, log_density_of(first))
    found = cells.quarters_of(z)
    density = np.exp(log_density_of(z))
    for quarter in range(4):
        weights = np.where(found == quarter, 1.0 / density, 0.0) / cells.areas[quarter]
        error = weights.std() / np.sqrt(len(z))
        assert abs(weights.mean() - 1.0) < 4 * error
        assert error < 0.02


def test_cells_are_where_draws_are_dense():
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.normal(size=(20_000, 2)), 0.01 * rng.normal(size=(20_000, 2)) + 5.0])
    inside = DenseCells(z, np.zeros(40_000)).quarters_of(z) >= 0
    nearest = np.abs(z - [[0.0, 0.0]]).max(axis=1)
    assert np.mean(inside[:20_000][nearest[:20_000] < 0.5]) > 0.9
    assert np.mean(inside[:20_000][nearest[:20_000] > 2.0]) < 0.1


def test_cells_across_which_the_density_changes_much_are_left_out():
    z = np.random.default_rng(3).uniform(size=(40_000, 2))
    steep = np.where(z[:, 0] < 0.4, 0.0, 1e3 * z[:, 0])
    inside = DenseCells(z, steep).quarters_of(z) >= 0
    assert not np.any(inside[z[:, 0] > 0.45])
    assert np.any(inside[z[:, 0] < 0.4])


def test_what_lies_beyond_the_draws_is_in_no_cell():
    cells = DenseCells(np.random.default_rng(2).uniform(size=(40_000, 2)), np.zeros(40_000))
    assert np.all(cells.quarters_of(np.array([[2.0, 0.5], [-1.0, -1.0]])) == -1)
