"""Laws of what works on numpy arrays: samplers and datasets."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from vaereg.contracts.data import Data, Split
from vaereg.testing.law import law, owe
from vaereg.testing.situations import SITUATIONS, Situation
from vaereg.testing.subject import Subject

LATENTS = 80
MOST_REPEATED = 0.02
"""The share of examples that may stand in two splits, since data may hold the same one twice."""


def fitted(subject: Subject, situation: Situation) -> Any:
    """A sampler that learned from made-up latents."""
    sampler = subject.build(situation)
    sampler.fit(situation.latents(LATENTS), 0)
    return sampler


@law("samples-are-latents", "sample(n, seed) has shape (n, *latent), float32.", "sampler")
def samples_are_latents(subject: Subject) -> None:
    """For every latent shape, and finite.

    Reshape to (n, *context.latent_shape) and cast to float32.
    """
    by_shape = {situation.latent_shape: situation for situation in SITUATIONS}
    for situation in by_shape.values():
        drawn = fitted(subject, situation).sample(5, 1)
        owe(isinstance(drawn, np.ndarray), f"it is a {type(drawn).__name__}")
        owe(drawn.shape == (5, *situation.latent_shape), f"its shape is {drawn.shape}")
        owe(drawn.dtype == np.float32, f"its dtype is {drawn.dtype}")
        owe(np.isfinite(drawn).all(), "it is not finite")


@law("equal-seeds-equal-samples", "Equal seeds give equal samples, others do not.", "sampler")
def equal_seeds_equal_samples(subject: Subject) -> None:
    """Sample grids of two epochs show the same latents.

    Draw from np.random.default_rng(seed), made anew in each call.
    """
    sampler = fitted(subject, SITUATIONS[0])
    first, again, other = (sampler.sample(9, seed) for seed in (1, 1, 2))
    owe(np.array_equal(first, again), "two draws with seed 1 differ")
    owe(not np.array_equal(first, other), "seeds 1 and 2 give the same samples")


@law("restored-samplers-are-equal", "restore(state()) gives equal samples.", "sampler")
def restored_samplers_are_equal(subject: Subject) -> None:
    """The state is kept in the run, as plain arrays. Put all that `fit` learned into `state`."""
    sampler = fitted(subject, SITUATIONS[0])
    state = sampler.state()
    for name, value in state.items():
        plain = isinstance(value, np.ndarray) and value.dtype != object
        owe(plain, f"{name} in state() is no plain array: {type(value).__name__}")
    fresh = subject.build(SITUATIONS[0])
    fresh.restore({name: value.copy() for name, value in state.items()})
    owe(np.array_equal(fresh.sample(9, 1), sampler.sample(9, 1)), "the restored one differs")


def _splits(data: Data) -> dict[str, Split]:
    every = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: split for name, split in every.items() if split is not None and len(split)}


def _load(subject: Subject) -> Data:
    return subject.build(SITUATIONS[0])()


def _digests(split: Split) -> list[str]:
    taken = split.take(np.arange(len(split)))
    return [hashlib.sha256(np.ascontiguousarray(row).tobytes()).hexdigest() for row in taken]


@law("data-is-as-described", "Examples are finite float32 of spec.shape within range.", "dataset")
def data_is_as_described(subject: Subject) -> None:
    """What the parts are built for is what they get.

    Correct the spec, or cast and scale the arrays.
    """
    data = _load(subject)
    owe(data.spec.size == len(data.train), f"spec.size={data.spec.size}, len={len(data.train)}")
    owe(data.spec.form in subject.offer.component.for_data, f"form {data.spec.form!r}")
    for name, split in _splits(data).items():
        taken = split.take(np.arange(min(len(split), 256)))
        owe(taken.dtype == np.float32, f"{name}: dtype {taken.dtype}")
        owe(taken.shape[1:] == data.spec.shape, f"{name}: shape {taken.shape}")
        owe(np.isfinite(taken).all(), f"{name}: not finite")
        if data.spec.value_range is not None:
            low, high = data.spec.value_range
            slack = 1e-6 * (high - low)
            inside = taken.min() >= low - slack and taken.max() <= high + slack
            owe(inside, f"{name}: from {taken.min()} to {taken.max()}, range {low} to {high}")


@law("examples-are-taken-by-position", "take(i) holds the examples at i, in that order.", "dataset")
def examples_are_taken_by_position(subject: Subject) -> None:
    """Labels too. Index with the array as it comes, also for labels, which are int64 or None."""
    data = _load(subject)
    for name, split in _splits(data).items():
        chosen = np.array([len(split) - 1, 0, len(split) // 2])
        together = split.take(chosen)
        single = np.concatenate([split.take(chosen[i : i + 1]) for i in range(3)])
        owe(np.array_equal(together, single), f"{name}: take([a, b]) is not a and b")
        labels = split.labels(chosen)
        owe((labels is None) == (data.spec.classes is None), f"{name}: labels against spec.classes")
        if labels is not None and data.spec.classes is not None:
            owe(labels.dtype == np.int64 and labels.shape == (3,), f"{name}: labels {labels!r}")
            inside = labels.min() >= 0 and labels.max() < data.spec.classes
            owe(inside, f"{name}: labels {labels} of {data.spec.classes} classes")


@law("splits-are-repeatable", "Building it twice gives the same splits and digest.", "dataset")
def splits_are_repeatable(subject: Subject) -> None:
    """A run that is continued must see the same data, and a test set must stay one.

    Seed the shuffle with a parameter and make the digest of the content.
    """
    first, second = _load(subject), _load(subject)
    owe(first.digest == second.digest and first.digest, f"{first.digest!r}, {second.digest!r}")
    others = _splits(second)
    for name, split in _splits(first).items():
        owe(_digests(split) == _digests(others[name]), f"{name} differs")


@law("splits-are-disjoint", "No example stands in two splits.", "dataset")
def splits_are_disjoint(subject: Subject) -> None:
    """Else scores on held-out data are scores on training data.

    Cut a single permutation into the splits.
    """
    digests = {name: _digests(split) for name, split in _splits(_load(subject)).items()}
    names = sorted(digests)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            known = set(digests[other])
            share = float(np.mean([each in known for each in digests[name]]))
            owe(share <= MOST_REPEATED, f"{share:.0%} of {name} stands in {other} too")
