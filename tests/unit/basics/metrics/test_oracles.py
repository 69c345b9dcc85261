"""The same scores as well-known packages on the same arrays."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import values
from tests.helpers.torchvision_stand_in import stand_in_for_torchvision
from vaereg.basics.metrics.formulas.cubic_discrepancy import cubic_discrepancy
from vaereg.basics.metrics.formulas.effective_number import effective_number
from vaereg.basics.metrics.formulas.frechet_between_gaussians import (
    frechet_distance,
    frechet_of_few,
)
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance

N, D = 800, 48


@pytest.fixture(autouse=True, scope="module")
def torchvision() -> None:
    """Two of the packages cannot be imported without it."""
    stand_in_for_torchvision()


def features(seed: int, n: int = N, scale: float = 1.0, d: int = D) -> np.ndarray:
    """Correlated, not negative and with many zeros, as a network gives them."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(d, d)) / np.sqrt(d)
    return np.maximum(scale * rng.normal(size=(n, d)) @ mixing + 0.3, 0.0).astype(np.float32)


REAL, GENERATED = features(0), features(1, scale=0.8)


def own_frechet(r: np.ndarray, f: np.ndarray) -> float:
    streamed = (StreamingCovariance(r.shape[1]).update(x) for x in (r, f))
    return frechet_distance(*streamed)


def statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = x.astype(np.float64)
    return x.mean(axis=0), np.cov(x, rowvar=False)


def test_frechet_distance_of_torch_fidelity() -> None:
    module = pytest.importorskip("torch_fidelity.metric_fid")
    for r, f in ((REAL, GENERATED), (features(0, 600), features(1, 900, 0.5))):
        one, two = ({"mu": mu, "sigma": sigma} for mu, sigma in map(statistics, (f, r)))
        theirs = module.fid_statistics_to_metric(one, two, False)
        oracle = next(iter(theirs.values()))

        assert own_frechet(r, f) == pytest.approx(oracle, rel=1e-6)
        ours = values("frechet", made_evidence(r, f))
        assert ours["frechet_distance"] == pytest.approx(oracle, rel=1e-6)


def test_frechet_distance_of_clean_fid() -> None:
    module = pytest.importorskip("cleanfid.fid")
    try:
        theirs = module.frechet_distance(*statistics(GENERATED), *statistics(REAL))
    except TypeError as fault:
        # clean-fid calls sqrtm(disp=), which SciPy 1.18 removed; torch-fidelity's test replaces it.
        pytest.skip(f"this clean-fid does not work with this SciPy: {fault}")

    assert own_frechet(REAL, GENERATED) == pytest.approx(theirs, rel=1e-6)


def test_frechet_distance_of_torch_fidelity_where_examples_are_few() -> None:
    module = pytest.importorskip("torch_fidelity.metric_fid")
    r, f = features(0, 30), features(1, 25, 0.8)
    one, two = ({"mu": mu, "sigma": sigma} for mu, sigma in map(statistics, (f, r)))

    oracle = next(iter(module.fid_statistics_to_metric(one, two, False).values()))

    # Roots of eigenvalues that should be 0 are the rounding of theirs.
    assert frechet_of_few(r, f).distance == pytest.approx(oracle, rel=1e-5)


def test_kernel_distance_of_torch_fidelity() -> None:
    torch = pytest.importorskip("torch")
    module = pytest.importorskip("torch_fidelity.metric_kid")
    one, two = (torch.from_numpy(x.astype(np.float64)) for x in (GENERATED, REAL))

    theirs = module.kid_features_to_metric(
        one, two, kid_subsets=1, kid_subset_size=N, rng_seed=0, verbose=False
    )

    ours = cubic_discrepancy(REAL, GENERATED).value
    assert ours == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-6)


def test_kernel_distance_of_clean_fid() -> None:
    module = pytest.importorskip("cleanfid.fid")
    theirs = module.kernel_distance(
        GENERATED.astype(np.float64), REAL.astype(np.float64), num_subsets=1, max_subset_size=N
    )

    assert cubic_discrepancy(REAL, GENERATED).value == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize("n", [N, 500])
def test_neighbourhoods_of_prdc(k: int, n: int) -> None:
    module = pytest.importorskip("prdc")
    f = features(1, n, 0.8)

    theirs = module.compute_prdc(
        real_features=REAL.astype(np.float64), fake_features=f.astype(np.float64), nearest_k=k
    )

    ours = values("prdc", made_evidence(REAL, f), k=k, coverage_k=k)
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs, rel=1e-6)


def test_precision_and_recall_of_torch_fidelity() -> None:
    torch = pytest.importorskip("torch")
    module = pytest.importorskip("torch_fidelity.metric_prc")
    generated, real = (torch.from_numpy(x.astype(np.float64)) for x in (GENERATED, REAL))

    theirs = module.prc_features_to_metric(
        generated, real, prc_neighborhood=5, prc_batch_size=N, save_cpu_ram=False, verbose=False
    )

    ours = values("prdc", made_evidence(REAL, GENERATED), k=5)
    assert ours["precision"] == pytest.approx(float(theirs["precision"]), rel=1e-6)
    assert ours["recall"] == pytest.approx(float(theirs["recall"]), rel=1e-6)


def test_score_of_vendi_score() -> None:
    module = pytest.importorskip("vendi_score.vendi")
    x = REAL.astype(np.float64)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)

    assert effective_number(x).value == pytest.approx(module.score_dual(unit), rel=1e-6)
    assert effective_number(x[:30]).value == pytest.approx(
        module.score_K(unit[:30] @ unit[:30].T), rel=1e-6
    )
    other = GENERATED.astype(np.float64)
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    ours = values("vendi", made_evidence(REAL, GENERATED))["vendi_ratio"]
    assert ours == pytest.approx(module.score_dual(other) / module.score_dual(unit), rel=1e-6)
