"""What one look at all pairs finds, against searches and counts that look at each by itself."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from vaereg.basics.metrics.distances import centred_set
from vaereg.basics.metrics.evidence.feature_pairs import Pairs, feature_pairs


def points(n: int, d: int = 20, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, d)) + offset).astype(np.float32)


def heaps(n: int, apart: float) -> np.ndarray:
    """Points in three heaps whose members are `apart` from each other, and some equal ones."""
    rng = np.random.default_rng(7)
    values = points(3, 16, 1, 5.0)[rng.integers(0, 3, n)]
    values = values + apart * rng.normal(size=values.shape)
    values[: n // 10] = values[n // 10 : 2 * (n // 10)]
    return values.astype(np.float32)


SETS = {
    "apart": (points(300), points(250, seed=1)),
    "far from 0": (points(200, offset=1e4), points(220, seed=1, offset=1e4)),
    "near copies": (points(200), points(200) + np.float32(1e-6)),
    "copies": (points(200), np.concatenate([points(200)[::2], points(90, seed=3)])),
    "heaps": (heaps(200, 1e-5), heaps(150, 1e-5)),
    "few values": tuple(
        np.random.default_rng(s).integers(0, 3, (150, 6)).astype(np.float32) for s in (1, 2)
    ),
    "few": (points(6), points(7, seed=1)),
    "collapsed": (points(80), np.repeat(points(1), 60, axis=0)),
}


def looked_at(name: str, tile: int, monkeypatch: pytest.MonkeyPatch, k: int = 5) -> Pairs:
    monkeypatch.setattr(centred_set, "TILE", tile)
    return feature_pairs(made_evidence(*SETS[name]), k)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("tile", [37, 1024])
def test_neighbours_are_those_of_searches(
    name: str, tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = dict(zip(("real", "generated"), SETS[name], strict=True))

    found = looked_at(name, tile, monkeypatch)

    for (queries, references), (distances, indices) in found.nearest.items():
        own = queries == references
        k = min(5, len(sets[references]) - own)
        told = vaereg.nearest_neighbours(sets[queries], sets[references], k, leave_out_self=own)
        np.testing.assert_allclose(distances, told.distances, rtol=1e-12, atol=0.0)
        measured = np.linalg.norm(
            sets[queries][:, None].astype(float) - sets[references][indices], axis=-1
        )
        np.testing.assert_allclose(measured, distances, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("tile", "k"), [(37, 3), (1024, 5)])
def test_hits_are_those_of_counts(
    name: str, tile: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, generated = SETS[name]

    found = looked_at(name, tile, monkeypatch, k)

    for which, hits, x, y in (
        ("real", found.among_real, generated, real),
        ("generated", found.among_generated, real, generated),
    ):
        radii = found.nearest[which, which][0][:, k - 1]
        np.testing.assert_array_equal(hits.counts, vaereg.count_within(x, y, radii))
        single = np.flatnonzero(hits.counts == 1)
        for row in single[:20]:
            alone = vaereg.count_within(
                x[row : row + 1], y[hits.sole[row]][None], radii[hits.sole[row]][None]
            )
            assert alone.tolist() == [1]


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_values_are_looked_at_alike(scale: float) -> None:
    real, generated = SETS["apart"]

    found = feature_pairs(made_evidence(real * np.float32(scale), generated * np.float32(scale)))

    plain = feature_pairs(made_evidence(real, generated))
    for key, (distances, indices) in found.nearest.items():
        np.testing.assert_allclose(distances / scale, plain.nearest[key][0], rtol=1e-5)
        np.testing.assert_array_equal(indices, plain.nearest[key][1])
    assert found.cubes is not None
    assert plain.cubes is not None
    np.testing.assert_allclose(found.cubes.real, plain.cubes.real, rtol=1e-4)


def test_cubes_are_the_sums_over_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    real, generated = SETS["apart"]

    cubes = looked_at("apart", 64, monkeypatch).cubes

    centre, total = real.mean(0, dtype=float), real.var(0, ddof=1, dtype=float).sum()
    x, y = real - centre, generated - centre

    def sums(a: np.ndarray, b: np.ndarray, *, own: bool) -> np.ndarray:
        t = a @ b.T / total
        cube = t**3 + 3 * t**2
        if own:
            np.fill_diagonal(cube, 0.0)
        return cube.sum(axis=1)

    assert cubes is not None
    np.testing.assert_allclose(cubes.real, sums(x, x, own=True), rtol=1e-5)
    np.testing.assert_allclose(cubes.generated, sums(y, y, own=True), rtol=1e-5)
    np.testing.assert_allclose(cubes.real_across, sums(x, y, own=False), rtol=1e-5)
    np.testing.assert_allclose(cubes.generated_across, sums(y, x, own=False), rtol=1e-5)


def test_samples_beyond_what_float32_cubes_are_left_to_float64() -> None:
    real = points(50)

    assert feature_pairs(made_evidence(real, real * np.float32(1e7))).cubes is None
