"""Laws of feature extractors."""

from __future__ import annotations

import json
import re

import attrs
import keras
import numpy as np

from vaereg.assembly.seeded import seeded
from vaereg.contracts.data import ArraySplit, Data
from vaereg.contracts.feature_extractor import FeatureExtractor
from vaereg.errors import DataError, RunError
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.evaluated_cases import (
    CaseResults,
    accepted,
    require_every_form,
    results_by_case,
)
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

IDENTITY = re.compile(r"[0-9a-f]{8,64}")

TRAIN, HELD_OUT = 64, 32
"""How many examples an extractor is fitted on in the tests, and how many are held out."""

NEAR = 1e-4
"""How far features that differ only by rounding may be apart, relative to the largest value."""

NETWORK_NEAR = 1e-3
"""Like NEAR, for features that two programs compute."""

MOST_TRIED = 3
"""How many arrays of a state are changed; each change needs another extractor."""


def _data(case: Case) -> Data:
    """Labelled data whose classes can be predicted from the examples."""
    model = LinearGaussian(case.data)
    splits = {}
    for stream, (name, count) in enumerate(
        {"train": TRAIN, "validation": HELD_OUT, "test": HELD_OUT}.items()
    ):
        rng = np.random.default_rng([51, stream])
        z = rng.normal(size=(count, model.latent))
        labels = (z[:, 0] > 0) + 2 * (z[:, -1] > 0)
        splits[name] = ArraySplit(model.draw(z, rng), labels.astype(np.int64))
    return Data(
        spec=attrs.evolve(case.data, size=TRAIN),
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        digest=f"synthetic: {case.name}",
    )


def _examples(case: Case, count: int, seed: int = 0) -> np.ndarray:
    """Examples (count, *data) float32 that are not among the fitted data."""
    model = LinearGaussian(case.data)
    rng = np.random.default_rng([52, seed])
    return model.draw(rng.normal(size=(count, model.latent)), rng)


def _fitted(extractor: FeatureExtractor, case: Case, data: Data | None = None) -> FeatureExtractor:
    with seeded(0):
        extractor.fit(_data(case) if data is None else data, 0, lambda line: None)
    return extractor


def _results(component: ComponentUnderTest) -> CaseResults:
    """The fitted extractor of each case."""
    return component.shared("results", lambda: results_by_case(component, _fitted))


def extracted_cases(component: ComponentUnderTest) -> list[tuple[Case, FeatureExtractor]]:
    """The cases that the extractor accepts, each with a fitted extractor.

    Raises:
        NotHere: if it accepts no case, for example because a file of weights is missing.
    """
    found = _results(component)
    if not accepted(found):
        raise NotHere(f"it accepts no data here. {next(iter(found.values()))}")
    return list(accepted(found).items())


def _first_case(component: ComponentUnderTest) -> tuple[Case, FeatureExtractor]:
    return extracted_cases(component)[0]


def _are_close(one: np.ndarray, two: np.ndarray) -> bool:
    scale = float(np.max(np.abs(one), initial=0.0))
    return one.shape == two.shape and np.allclose(one, two, rtol=NEAR, atol=NEAR * scale)


@law(
    "extracts-from-the-data-it-declares",
    "For each form of for_data there is data that the extractor can be fitted on.",
    "feature_extractor",
    order=2,
    groundwork=extracted_cases,
)
def extracts_from_the_data_it_declares(component: ComponentUnderTest) -> None:
    """An extractor may refuse data with a DataError, when it is built or in `fit`.

    Remove from for_data the forms that it always refuses.
    """
    extracted_cases(component)
    require_every_form(component, _results(component))


@law(
    "features-are-rows",
    "Features are finite float32 arrays (n, d), with the same d in every call.",
    "feature_extractor",
)
def features_are_rows(component: ComponentUnderTest) -> None:
    """Metrics compare rows. Flatten features and cast them to float32.

    Checked for every accepted case, with 5 examples and with 1.
    """
    for case, extractor in extracted_cases(component):
        sizes = set()
        for count in (5, 1):
            features = extractor(_examples(case, count))
            array = isinstance(features, np.ndarray)
            require(array, f"the extractor returned a {type(features).__name__}")
            rows = features.ndim == 2 and len(features) == count
            found = f"features of {count} examples have shape {features.shape} ({case.name})"
            require(rows, found)
            require(features.dtype == np.float32, f"features have dtype {features.dtype}")
            require(np.isfinite(features).all(), f"features are not finite ({case.name})")
            sizes.add(features.shape[1])
        require(len(sizes) == 1, f"d is {' and then '.join(map(str, sizes))} ({case.name})")


@law(
    "a-row-is-of-one-example",
    "Row i depends on example i only, and equal examples give equal features.",
    "feature_extractor",
)
def a_row_is_of_one_example(component: ComponentUnderTest) -> None:
    """An evaluation cuts examples into batches of any size.

    Use statistics from `fit` instead of statistics of the batch.
    """
    case, extractor = _first_case(component)
    examples = _examples(case, 6)
    examples[4] = examples[1]
    together = extractor(examples)
    require(np.ptp(together, axis=0).any(), "all examples get the same features")
    equal = _are_close(together[1:2], together[4:5])
    require(equal, "two equal examples in one batch get different features")
    singly = np.concatenate([extractor(examples[i : i + 1]) for i in range(len(examples))])
    gap = np.abs(together - singly).max()
    require(_are_close(together, singly), f"features of single examples differ by {gap:.3g}")
    reversed_too = _are_close(together[::-1], extractor(examples[::-1]))
    require(reversed_too, "features change with the order of the examples")


@law(
    "restored-extractors-are-equal",
    "After restore(state()) a fresh extractor gives equal features and the same identity.",
    "feature_extractor",
)
def restored_extractors_are_equal(component: ComponentUnderTest) -> None:
    """A fitted extractor is saved as plain arrays and reused by later evaluations.

    Put everything that determines the features into `state`.
    """
    case, extractor = _first_case(component)
    state = extractor.state()
    for name, value in state.items():
        plain = isinstance(value, np.ndarray) and value.dtype != object
        require(plain, f"{name} in state() is not a plain array: {type(value).__name__}")
    fresh = _restored(component, case, state)
    same = fresh.identity == extractor.identity
    require(same, f"the identity was {extractor.identity!r} and is now {fresh.identity!r}")
    examples = _examples(case, 5)
    equal = _are_close(extractor(examples), fresh(examples))
    require(equal, "the restored extractor gives different features")
    again = fresh.state()
    equal = set(again) == set(state) and all(np.array_equal(again[n], state[n]) for n in state)
    require(equal, "the restored extractor returns a different state")


def _restored(
    component: ComponentUnderTest, case: Case, state: dict[str, np.ndarray]
) -> FeatureExtractor:
    fresh = component.build(case)
    with seeded(0):
        fresh.restore({name: value.copy() for name, value in state.items()})
    return fresh


@law(
    "identity-tells-features-apart",
    "The identity is 8 to 64 hex digits; if features differ, the identity differs.",
    "feature_extractor",
)
def identity_tells_features_apart(component: ComponentUnderTest) -> None:
    """Scores from different features must never be compared.

    Compute the identity as a hash of the parameters and of everything in `state`.
    """
    case, extractor = _first_case(component)
    identity = extractor.identity
    hexadecimal = isinstance(identity, str) and IDENTITY.fullmatch(identity)
    require(hexadecimal, f"the identity is {identity!r}, not 8 to 64 hex digits")
    state = extractor.state()
    names = sorted(name for name, value in state.items() if value.dtype.kind == "f" and value.size)
    examples = _examples(case, 5)
    before = extractor(examples)
    for name in names[:: max(1, len(names) // MOST_TRIED)][:MOST_TRIED]:
        changed = state | {name: (1.5 * state[name] + 0.1).astype(state[name].dtype)}
        try:
            other = _restored(component, case, changed)
        except (DataError, RunError, ValueError):
            continue  # the extractor notices that its state was changed
        if not _are_close(before, other(examples)):
            found = f"with {name} changed, features differ but the identity is still {identity}"
            require(other.identity != identity, found)


@law(
    "network-gives-the-features",
    "`network()`, if the extractor has it, gives the same features as tensors, and is frozen.",
    "feature_extractor",
)
def network_gives_the_features(component: ComponentUnderTest) -> None:
    """A loss that holds the network moves the features in which others measure.

    Read the weights in `network`, resize and scale with keras.ops as the extractor does, and set
    `trainable = False`. Leave `network` out if the weights depend on the data.
    """
    case, extractor = _first_case(component)
    if not hasattr(extractor, "network"):
        return
    fresh = component.build(case)  # a part that holds an extractor never fits it
    network = fresh.network()
    is_layer = isinstance(network, keras.layers.Layer)
    require(is_layer, f"network() returned a {type(network).__name__}, not a Keras layer")
    examples = _examples(case, 3)
    found = np.asarray(keras.ops.convert_to_numpy(network(keras.ops.convert_to_tensor(examples))))
    count = len(network.trainable_variables)
    require(count == 0, f"{count} weights of the network can be trained")
    require(fresh.identity == extractor.identity, "the identity differs from that after `fit`")
    expected = extractor(examples)
    require(found.shape == expected.shape, f"it gives {found.shape}, not {expected.shape}")
    gap = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-12)
    require(gap < NETWORK_NEAR, f"features as tensors differ by {gap:.3g} of the largest")


@law("facts-are-plain", "`facts` can be written as JSON.", "feature_extractor")
def facts_are_plain(component: ComponentUnderTest) -> None:
    """An evaluation stores the facts with its scores.

    Use finite numbers, text, lists and dictionaries.
    """
    _, extractor = _first_case(component)
    try:
        json.dumps(dict(extractor.facts), allow_nan=False)
    except (TypeError, ValueError) as fault:
        require(False, f"{dict(extractor.facts)} cannot be written as JSON: {fault}")


@law("examples-are-left-alone", "Neither `fit` nor a call changes an example.", "feature_extractor")
def examples_are_left_alone(component: ComponentUnderTest) -> None:
    """Metrics use the same arrays. Copy an array before you change it in place."""
    case, extractor = _first_case(component)
    examples = _examples(case, 5)
    kept = examples.copy()
    extractor(examples)
    require(np.array_equal(examples, kept), "a call changed the examples")
    data, other = _data(case), _data(case)
    _fitted(component.build(case), case, data)
    for name in ("train", "validation", "test"):
        one, two = (getattr(each, name) for each in (data, other))
        equal = np.array_equal(one.values, two.values)
        require(equal and np.array_equal(one.targets, two.targets), f"fit changed the {name} split")


@law(
    "probabilities-are-shares",
    "Each row of `probabilities`, if the extractor has them, is >= 0 and sums to 1.",
    "feature_extractor",
)
def probabilities_are_shares(component: ComponentUnderTest) -> None:
    """Metrics treat each row as class probabilities. End with a softmax of the features."""
    case, extractor = _first_case(component)
    if not hasattr(extractor, "probabilities"):
        return
    features = extractor(_examples(case, 5))
    shares = extractor.probabilities(features)
    rows = isinstance(shares, np.ndarray) and shares.ndim == 2 and len(shares) == 5
    found = f"probabilities of 5 examples have shape {np.shape(shares)}, not (5, classes)"
    require(rows, found)
    valid = np.isfinite(shares).all() and shares.min() >= 0.0
    require(valid, "some probabilities are negative or not finite")
    total = shares.sum(axis=1)
    one = np.allclose(total, 1.0, atol=1e-4)
    require(one, f"rows sum to between {total.min():.4g} and {total.max():.4g}")
