"""Laws of the kinds that work on numpy arrays: samplers and datasets."""

from __future__ import annotations

import hashlib
from typing import Any

import keras
import numpy as np

from vaereg.contracts.data import Data, Split
from vaereg.contracts.examples import Examples
from vaereg.model.samplers.learned_sampler import LearnedSampler
from vaereg.testing.cases import CASES, Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import law, require
from vaereg.testing.learned_samplers import as_sampler
from vaereg.testing.stand_ins.told_part import hearing

LATENTS = 80
DRAWS = 2000
APART = 0.25
"""How far mean and spread of 2,000 draws may be apart, in standard deviations; by chance, of a
hundred values, they are less than 0.13 apart."""

MOST_REPEATED = 0.02
"""The largest share of examples that two splits may have in common: data may contain duplicates."""


def fitted(component: ComponentUnderTest, case: Case) -> Any:  # the object of any kind
    """A sampler fitted to random latents, and told conditions; fitted once."""

    def fit() -> Any:  # as above
        sampler = hearing(as_sampler(component, case, component.build(case)), component.conditions)
        sampler.fit(case.latents(LATENTS), 0)
        return sampler

    return component.shared(("fitted", case), fit)


def _sample_once(component: ComponentUnderTest) -> None:
    fitted(component, CASES[0]).sample(5, 1)


@law(
    "samples-are-latents",
    "sample(n, seed) has shape (n, *latent), float32.",
    "sampler",
    order=2,
    groundwork=_sample_once,
)
def samples_are_latents(component: ComponentUnderTest) -> None:
    """Checked for several latent shapes; the samples must also be finite.

    Reshape samples to (n, *context.latent_shape) and cast them to float32.
    """
    by_shape = {case.latent_shape: case for case in CASES}
    for case in by_shape.values():
        drawn = fitted(component, case).sample(5, 1)
        require(isinstance(drawn, np.ndarray), f"sample returned a {type(drawn).__name__}")
        require(drawn.shape == (5, *case.latent_shape), f"sample(5) has shape {drawn.shape}")
        require(drawn.dtype == np.float32, f"samples have dtype {drawn.dtype}")
        require(np.isfinite(drawn).all(), "samples are not finite")


@law(
    "equal-seeds-equal-samples",
    "Equal seeds give equal samples; different seeds give different ones.",
    "sampler",
)
def equal_seeds_equal_samples(component: ComponentUnderTest) -> None:
    """The sample grids of all epochs must show the same latents.

    Draw from np.random.default_rng(seed), created anew in each call.
    """
    sampler = fitted(component, CASES[0])
    first, again, other = (sampler.sample(9, seed) for seed in (1, 1, 2))
    require(np.array_equal(first, again), "two draws with seed 1 differ")
    require(not np.array_equal(first, other), "seeds 1 and 2 give the same samples")


@law(
    "restored-samplers-are-equal",
    "After restore(state()) a fresh sampler gives equal samples.",
    "sampler",
)
def restored_samplers_are_equal(component: ComponentUnderTest) -> None:
    """The run folder keeps the state as plain arrays.

    Put everything that `fit` learned into `state`.
    """
    sampler = fitted(component, CASES[0])
    state = sampler.state()
    for name, value in state.items():
        plain = isinstance(value, np.ndarray) and value.dtype != object
        require(plain, f"{name} in state() is not a plain array: {type(value).__name__}")
    fresh = hearing(
        as_sampler(component, CASES[0], component.build(CASES[0])), component.conditions
    )
    fresh.restore({name: value.copy() for name, value in state.items()})
    equal = np.array_equal(fresh.sample(9, 1), sampler.sample(9, 1))
    require(equal, "the samples of the restored sampler differ")


@law(
    "tensors-are-drawn-as-arrays",
    "If a sampler has draw(n, seed), its tensors follow the distribution of its samples.",
    "sampler",
)
def tensors_are_drawn_as_arrays(component: ComponentUnderTest) -> None:
    """`vaereg export` makes `draw` a part of the exported function.

    Compute in `draw` what `sample` computes, with keras.ops and keras.random.
    """
    if component.conditions:
        return  # what a condition does to samples has laws of its own
    for case in {case.latent_shape: case for case in CASES}.values():
        sampler = fitted(component, case)
        target = sampler.layer if isinstance(sampler, LearnedSampler) else sampler
        method = getattr(target, "draw", None)
        if method is None:
            return
        first, again, other = (
            np.asarray(keras.ops.convert_to_numpy(method(DRAWS, seed))) for seed in (1, 1, 2)
        )
        shape = (DRAWS, *case.latent_shape)
        require(first.shape == shape, f"draw({DRAWS}, seed) has shape {first.shape}, not {shape}")
        require(np.array_equal(first, again), "two draws with seed 1 differ")
        require(not np.array_equal(first, other), "seeds 1 and 2 give the same draws")
        samples = sampler.sample(DRAWS, 1)
        spread = np.maximum(samples.std(axis=0), 1e-6)
        apart = np.abs(first.mean(axis=0) - samples.mean(axis=0)) / spread
        most = float(apart.max())
        found = f"the means of draws and samples are {most:.2g} standard deviations apart"
        require(most < APART, found)
        wider = float(np.max(np.abs(np.log(np.maximum(first.std(axis=0), 1e-6) / spread))))
        found = f"the spread of draws is {np.exp(wider):.3g} times that of samples, or its inverse"
        require(wider < APART, found)


def splits_of(data: Data) -> dict[str, Split]:
    """The splits that have examples, by name."""
    every = {"train": data.train, "validation": data.validation, "test": data.test}
    return {name: split for name, split in every.items() if split is not None and len(split)}


def _load(component: ComponentUnderTest) -> Data:
    return component.build(CASES[0])()


def _digests(split: Split) -> list[str]:
    taken = split.take(np.arange(len(split)))
    return [hashlib.sha256(np.ascontiguousarray(row).tobytes()).hexdigest() for row in taken]


def _load_once(component: ComponentUnderTest) -> None:
    _load(component)


@law(
    "data-is-as-described",
    "Examples are finite float32 arrays of spec.shape, within spec.value_range.",
    "dataset",
    order=2,
    groundwork=_load_once,
)
def data_is_as_described(component: ComponentUnderTest) -> None:
    """The parts of a model are built for the data that the spec describes.

    Correct the spec, or cast and scale the arrays.
    """
    data = _load(component)
    require(data.spec.size == len(data.train), f"spec.size={data.spec.size}, len={len(data.train)}")
    require(data.spec.form in component.offer.component.for_data, f"form {data.spec.form!r}")
    for name, split in splits_of(data).items():
        taken = split.take(np.arange(min(len(split), 256)))
        require(taken.dtype == np.float32, f"{name}: dtype {taken.dtype}")
        require(taken.shape[1:] == data.spec.shape, f"{name}: shape {taken.shape}")
        require(np.isfinite(taken).all(), f"{name}: not finite")
        if data.spec.value_range is not None:
            low, high = data.spec.value_range
            slack = 1e-6 * (high - low)
            inside = taken.min() >= low - slack and taken.max() <= high + slack
            found = f"values from {taken.min()} to {taken.max()}, value_range {low} to {high}"
            require(inside, f"{name}: {found}")


@law(
    "examples-are-taken-by-position",
    "take(i) returns the examples at the positions i, in that order, and labels(i) their labels.",
    "dataset",
)
def examples_are_taken_by_position(component: ComponentUnderTest) -> None:
    """Batches and labels are looked up by position.

    Index with the given array, without sorting it. Labels are int64, or None without classes.
    """
    data = _load(component)
    for name, split in splits_of(data).items():
        chosen = np.array([len(split) - 1, 0, len(split) // 2])
        together = split.take(chosen)
        single = np.concatenate([split.take(chosen[i : i + 1]) for i in range(3)])
        equal = np.array_equal(together, single)
        require(equal, f"{name}: take([a, b]) differs from take([a]) and take([b])")
        labels = split.labels(chosen)
        agree = (labels is None) == (data.spec.classes is None)
        have = "no labels" if labels is None else "labels"
        require(agree, f"{name}: it has {have}, but spec.classes is {data.spec.classes}")
        if labels is not None and data.spec.classes is not None:
            require(labels.dtype == np.int64 and labels.shape == (3,), f"{name}: labels {labels!r}")
            alone = np.concatenate([split.labels(chosen[i : i + 1]) for i in range(3)])
            equal = np.array_equal(labels, alone)
            require(equal, f"{name}: labels([a, b]) differs from labels([a]) and labels([b])")
            inside = labels.min() >= 0 and labels.max() < data.spec.classes
            require(inside, f"{name}: labels {labels}, but there are {data.spec.classes} classes")


@law(
    "splits-are-repeatable",
    "Loading the data twice gives the same splits and the same digest.",
    "dataset",
)
def splits_are_repeatable(component: ComponentUnderTest) -> None:
    """A resumed run must see the same data, and test examples must never become training examples.

    Seed the shuffle with a parameter and compute the digest from the content.
    """
    first, second = _load(component), _load(component)
    same = first.digest == second.digest and first.digest
    require(same, f"the digests are {first.digest!r} and {second.digest!r}")
    others = splits_of(second)
    for name, split in splits_of(first).items():
        require(_digests(split) == _digests(others[name]), f"the {name} split differs")


@law("splits-are-disjoint", "No example is in two splits.", "dataset")
def splits_are_disjoint(component: ComponentUnderTest) -> None:
    """Otherwise scores on held-out data are scores on training data.

    Cut one permutation of the examples into the splits.
    """
    digests = {name: _digests(split) for name, split in splits_of(_load(component)).items()}
    names = sorted(digests)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            known = set(digests[other])
            share = float(np.mean([each in known for each in digests[name]]))
            require(share <= MOST_REPEATED, f"{share:.0%} of the {name} split is also in {other}")


@law(
    "other-files-are-read-alike",
    "If a dataset has `read`, what its parameter `path` names gives the examples of all splits.",
    "dataset",
)
def other_files_are_read_alike(component: ComponentUnderTest) -> None:
    """A trained model is used on other files, whose examples must be what they were in training.

    Let `read` take the shape and the range from the spec, and whatever was measured, such as a
    mean, from the training data.
    """
    dataset = component.build(CASES[0])
    named = str(getattr(component.params, "path", ""))
    path = component.folder / named
    if not (named and path.exists() and hasattr(dataset, "read")):
        return
    data = dataset()
    found = dataset.read(path, data.spec, lambda: data)
    require(isinstance(found, Examples), f"read gave {type(found).__name__}, not vaereg.Examples")
    names = found.names(np.arange(len(found)))
    require(len(names) == len(found), f"{len(names)} names for {len(found)} examples")
    known = {*_digests(found.split)}
    for name, split in splits_of(data).items():
        other = sum(each not in known for each in _digests(split))
        require(not other, f"{other} of {len(split)} {name} examples are not among those of `read`")
