"""Evidence in halves: which examples are in which half, and how much each counts."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import MadeEvidence, made_evidence
from vaereg.contracts.evidence import Evidence, FeatureSets, Halves
from vaereg.measures.halves import EvidenceInHalves, PartOfEvidence
from vaereg.testing import StandInEvidence


def examples(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 4))


def made(p: int = 41, n: int = 30, unseen: bool = False) -> MadeEvidence:
    real = examples(p, 0)
    return made_evidence(
        real,
        examples(n, 1),
        reconstructed=0.5 * real,
        train=examples(9, 2),
        seen=lambda values: 3.0 * values,
        real_probabilities=np.arange(2.0 * p).reshape(p, 2),
        generated_probabilities=np.arange(2.0 * n).reshape(n, 2),
        reconstructed_probabilities=10.0 * np.arange(2.0 * p).reshape(p, 2),
        unseen=np.arange(n) % 2 == 0 if unseen else None,
        seed=7,
        thorough=True,
    )


def properties(protocol: type) -> set[str]:
    return {name for name, value in vars(protocol).items() if isinstance(value, property)}


def test_halves_and_their_parts_have_everything_that_the_contracts_name() -> None:
    halves = made().halves
    for name in properties(Halves):
        assert hasattr(halves, name), name
    for part in (halves.reconstructions, halves.samples):
        for name in {*Evidence.__annotations__, *properties(Evidence)}:
            assert hasattr(part, name), name
        for name in {*FeatureSets.__annotations__, *properties(FeatureSets)}:
            assert hasattr(part.features, name), name


def test_the_halves_are_of_equal_size_and_share_no_example() -> None:
    halves = made(p=41).halves

    assert len(halves.a) == len(halves.b) == 20
    assert len({*halves.a, *halves.b}) == 40
    for positions in (halves.a, halves.b, halves.drawn):
        assert (np.diff(positions) > 0).all()


def test_reconstructions_of_one_half_take_the_place_of_samples() -> None:
    evidence = made()
    halves = evidence.halves
    part = halves.reconstructions

    np.testing.assert_array_equal(part.real, evidence.real[halves.b])
    np.testing.assert_array_equal(part.generated, evidence.reconstructed[halves.a])
    np.testing.assert_array_equal(part.reconstructed, evidence.reconstructed[halves.b])
    np.testing.assert_array_equal(part.train, evidence.train)
    np.testing.assert_array_equal(part.features.generated, 3.0 * part.generated)
    np.testing.assert_array_equal(part.features.real, 3.0 * part.real)
    np.testing.assert_array_equal(part.features.reconstructed, 3.0 * part.reconstructed)
    of_a = 10.0 * evidence.features.real_probabilities[halves.a]
    np.testing.assert_array_equal(part.features.generated_probabilities, of_a)
    of_b = 10.0 * evidence.features.real_probabilities[halves.b]
    rows = np.array([3, 0])
    found = part.features.reconstructed_probabilities_at(rows)
    np.testing.assert_array_equal(found, of_b[rows])
    assert part.unseen is None


def test_samples_are_as_many_as_reconstructions() -> None:
    evidence = made(unseen=True)
    halves = evidence.halves
    part = halves.samples

    assert len(halves.drawn) == len(halves.a)
    np.testing.assert_array_equal(part.real, halves.reconstructions.real)
    np.testing.assert_array_equal(part.generated, evidence.generated[halves.drawn])
    np.testing.assert_array_equal(part.unseen, evidence.unseen[halves.drawn])
    np.testing.assert_array_equal(part.features.generated, 3.0 * part.generated)
    np.testing.assert_array_equal(
        part.features.generated_probabilities,
        evidence.features.generated_probabilities[halves.drawn],
    )


def test_fewer_samples_are_all_used() -> None:
    np.testing.assert_array_equal(made(p=41, n=11).halves.drawn, np.arange(11))


def test_the_parts_are_evidence_of_their_own() -> None:
    part = made().halves.samples

    assert (part.seed, part.thorough, part.model) == (7, True, None)
    assert part.shared("key", lambda: 1) == part.shared("key", lambda: 2) == 1
    assert len(part.halves.a) == 10


def test_the_choice_follows_content_and_not_positions() -> None:
    evidence = StandInEvidence(count=60)
    rng = np.random.default_rng(0)
    real, generated = rng.permutation(60), rng.permutation(60)
    other = evidence.taking(real=real, generated=generated)

    np.testing.assert_array_equal(np.sort(real[other.halves.a]), evidence.halves.a)
    np.testing.assert_array_equal(np.sort(real[other.halves.b]), evidence.halves.b)
    np.testing.assert_array_equal(np.sort(generated[other.halves.drawn]), evidence.halves.drawn)


def test_two_models_share_the_halves() -> None:
    real = examples(40, 0)
    one, two = (
        made_evidence(real, examples(40, seed), reconstructed=real + seed) for seed in (1, 2)
    )

    np.testing.assert_array_equal(one.halves.a, two.halves.a)
    np.testing.assert_array_equal(one.halves.b, two.halves.b)


@pytest.mark.parametrize("p", [1_000, 1_001])
def test_influences_on_halves_give_the_variance_of_both_halves(p: int) -> None:
    halves = made(p=p, n=2_000).halves
    rng = np.random.default_rng(0)
    of_a, of_b = rng.normal(3.0, 2.0, size=p // 2), rng.normal(-1.0, 1.0, size=p // 2)
    of_drawn = rng.normal(5.0, 1.0, size=p // 2)

    of_real = halves.influence_of_real(of_a, of_b)
    of_generated = halves.influence_of_generated(of_drawn)

    expected = (of_a.var() + of_b.var()) / (p // 2)
    assert of_real.var() / p == pytest.approx(expected, rel=0.01)
    assert of_generated.var() / 2_000 == pytest.approx(of_drawn.var() / (p // 2), rel=0.01)
    assert of_real.sum() == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(of_real[halves.b], (of_b - of_b.mean()) * (p / (p // 2)))


def test_the_kept_parts_are_not_made_twice() -> None:
    halves = EvidenceInHalves.of(made())

    assert halves.samples is halves.samples
    assert isinstance(halves.samples, PartOfEvidence)
    assert halves.samples.generated is halves.samples.generated
