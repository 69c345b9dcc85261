"""Laws of feature extractors."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import attrs
import numpy as np

from vaereg.assembly.seeded import seeded
from vaereg.contracts.data import ArraySplit, Data
from vaereg.errors import DataError, RunError
from vaereg.testing.evaluated_situations import Tried, accepted, owe_every_form, tried
from vaereg.testing.law import NotHere, law, owe
from vaereg.testing.situations import Situation
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian
from vaereg.testing.subject import Subject

IDENTITY = re.compile(r"[0-9a-f]{8,64}")

TRAIN, HELD_OUT = 64, 32
"""How many examples an extractor is fitted on here, and how many are held out."""

NEAR = 1e-4
"""How far features may differ, as a share of the largest, where only rounding differs."""

MOST_TRIED = 3
"""How many arrays of a state are changed, each of which takes another extractor."""


def _data(situation: Situation) -> Data:
    """Labelled data whose classes can be told by what the examples show."""
    model = LinearGaussian(situation.data)
    splits = {}
    for stream, (name, count) in enumerate(
        {"train": TRAIN, "validation": HELD_OUT, "test": HELD_OUT}.items()
    ):
        rng = np.random.default_rng([51, stream])
        z = rng.normal(size=(count, model.latent))
        labels = (z[:, 0] > 0) + 2 * (z[:, -1] > 0)
        splits[name] = ArraySplit(model.draw(z, rng), labels.astype(np.int64))
    return Data(
        spec=attrs.evolve(situation.data, size=TRAIN),
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        digest=f"made up: {situation.name}",
    )


def _examples(situation: Situation, count: int, seed: int = 0) -> np.ndarray:
    """Other examples (count, *data) float32."""
    model = LinearGaussian(situation.data)
    rng = np.random.default_rng([52, seed])
    return model.draw(rng.normal(size=(count, model.latent)), rng)


def _fitted(extractor: Any, situation: Situation, data: Data | None = None) -> Any:
    with seeded(0):
        extractor.fit(_data(situation) if data is None else data, 0, lambda line: None)
    return extractor


@cache
def _tried(subject: Subject) -> Tried:
    """By situation, the fitted extractor."""
    return tried(subject, _fitted)


def accepted_situations(subject: Subject) -> list[tuple[Situation, Any]]:
    """The situations it takes, each with an extractor that is fitted.

    Raises:
        NotHere: if it takes none, since what it needs, such as a file of weights, is missing.
    """
    found = _tried(subject)
    if not accepted(found):
        raise NotHere(f"it took no data here. {next(iter(found.values()))}")
    return list(accepted(found).items())


def _home(subject: Subject) -> tuple[Situation, Any]:
    return accepted_situations(subject)[0]


def _near(one: np.ndarray, two: np.ndarray) -> bool:
    scale = float(np.max(np.abs(one), initial=0.0))
    return one.shape == two.shape and np.allclose(one, two, rtol=NEAR, atol=NEAR * scale)


@law(
    "extracts-from-the-data-it-declares",
    "For each form of for_data there is data that it can be fitted on.",
    "feature_extractor",
)
def extracts_from_the_data_it_declares(subject: Subject) -> None:
    """Where it cannot take data it says so with a DataError, when it is built or in `fit`.

    Leave out of for_data what it never takes.
    """
    accepted_situations(subject)
    owe_every_form(subject, _tried(subject))


@law(
    "features-are-rows",
    "Features are (n, d) float32 and finite, d always the same.",
    "feature_extractor",
)
def features_are_rows(subject: Subject) -> None:
    """In every situation that it takes, for 5 examples and for 1.

    Flatten and cast to float32; metrics compare rows.
    """
    for situation, extractor in accepted_situations(subject):
        sizes = set()
        for count in (5, 1):
            features = extractor(_examples(situation, count))
            owe(isinstance(features, np.ndarray), f"they are a {type(features).__name__}")
            rows = features.ndim == 2 and len(features) == count
            owe(rows, f"of {count} examples they have shape {features.shape} ({situation.name})")
            owe(features.dtype == np.float32, f"their dtype is {features.dtype}")
            owe(np.isfinite(features).all(), f"they are not finite ({situation.name})")
            sizes.add(features.shape[1])
        owe(len(sizes) == 1, f"d is {' and then '.join(map(str, sizes))} ({situation.name})")


@law(
    "a-row-is-of-one-example",
    "Row i depends on example i alone, and equal examples give equal features.",
    "feature_extractor",
)
def a_row_is_of_one_example(subject: Subject) -> None:
    """Examples come in batches of any size.

    Use what `fit` learned instead of statistics of the batch.
    """
    situation, extractor = _home(subject)
    examples = _examples(situation, 6)
    examples[4] = examples[1]
    together = extractor(examples)
    owe(np.ptp(together, axis=0).any(), "they are the same for all examples")
    owe(_near(together[1:2], together[4:5]), "two equal examples in one batch differ")
    singly = np.concatenate([extractor(examples[i : i + 1]) for i in range(len(examples))])
    owe(_near(together, singly), f"alone they differ by {np.abs(together - singly).max():.3g}")
    owe(_near(together[::-1], extractor(examples[::-1])), "in another order they differ")


@law(
    "restored-extractors-are-equal",
    "restore(state()) on a fresh extractor gives equal features and the same identity.",
    "feature_extractor",
)
def restored_extractors_are_equal(subject: Subject) -> None:
    """A fitted extractor is kept for the next evaluation, as plain arrays.

    Put all that decides features into `state`.
    """
    situation, extractor = _home(subject)
    state = extractor.state()
    for name, value in state.items():
        plain = isinstance(value, np.ndarray) and value.dtype != object
        owe(plain, f"{name} in state() is no plain array: {type(value).__name__}")
    fresh = _restored(subject, situation, state)
    same = fresh.identity == extractor.identity
    owe(same, f"the identity was {extractor.identity!r} and is {fresh.identity!r}")
    examples = _examples(situation, 5)
    owe(_near(extractor(examples), fresh(examples)), "the features of the restored one differ")
    again = fresh.state()
    equal = set(again) == set(state) and all(np.array_equal(again[n], state[n]) for n in state)
    owe(equal, "the restored one has another state")


def _restored(subject: Subject, situation: Situation, state: dict[str, np.ndarray]) -> Any:
    fresh = subject.build(situation)
    with seeded(0):
        fresh.restore({name: value.copy() for name, value in state.items()})
    return fresh


@law(
    "identity-tells-features-apart",
    "The identity is a short hash in hex; a state with other features has another.",
    "feature_extractor",
)
def identity_tells_features_apart(subject: Subject) -> None:
    """Scores of unequal features must never be compared.

    Hash the parameters and everything in `state`.
    """
    situation, extractor = _home(subject)
    identity = extractor.identity
    hexadecimal = isinstance(identity, str) and IDENTITY.fullmatch(identity)
    owe(hexadecimal, f"it is {identity!r} and not 8 to 64 hex digits")
    state = extractor.state()
    names = sorted(name for name, value in state.items() if value.dtype.kind == "f" and value.size)
    examples = _examples(situation, 5)
    before = extractor(examples)
    for name in names[:: max(1, len(names) // MOST_TRIED)][:MOST_TRIED]:
        changed = state | {name: (1.5 * state[name] + 0.1).astype(state[name].dtype)}
        try:
            other = _restored(subject, situation, changed)
        except (DataError, RunError, ValueError):
            continue  # it knows that its state was changed
        if not _near(before, other(examples)):
            owe(other.identity != identity, f"with another {name} it is still {identity}")


@law("facts-are-plain", "Facts can be written as JSON.", "feature_extractor")
def facts_are_plain(subject: Subject) -> None:
    """An evaluation keeps them beside its scores. Use numbers, text, lists and dictionaries."""
    _, extractor = _home(subject)
    try:
        json.dumps(dict(extractor.facts), allow_nan=False)
    except (TypeError, ValueError) as fault:
        owe(False, f"{dict(extractor.facts)} cannot: {fault}")


@law("examples-are-left-alone", "Neither `fit` nor a call changes an example.", "feature_extractor")
def examples_are_left_alone(subject: Subject) -> None:
    """Metrics look at the same arrays. Copy before changing anything in place."""
    situation, extractor = _home(subject)
    examples = _examples(situation, 5)
    kept = examples.copy()
    extractor(examples)
    owe(np.array_equal(examples, kept), "a call changed the examples")
    data, other = _data(situation), _data(situation)
    _fitted(subject.build(situation), situation, data)
    for name in ("train", "validation", "test"):
        one, two = (getattr(each, name) for each in (data, other))
        equal = np.array_equal(one.values, two.values)
        owe(equal and np.array_equal(one.targets, two.targets), f"fit changed the {name} split")


@law(
    "probabilities-are-shares",
    "Where it offers probabilities, each row is of shares that sum to 1.",
    "feature_extractor",
)
def probabilities_are_shares(subject: Subject) -> None:
    """An example's classes follow from its features alone. End with a softmax."""
    situation, extractor = _home(subject)
    if not hasattr(extractor, "probabilities"):
        return
    features = extractor(_examples(situation, 5))
    shares = extractor.probabilities(features)
    rows = isinstance(shares, np.ndarray) and shares.ndim == 2 and len(shares) == 5
    owe(rows, f"of 5 examples they have shape {np.shape(shares)}, not (5, classes)")
    owe(np.isfinite(shares).all() and shares.min() >= 0.0, "not all are shares")
    total = shares.sum(axis=1)
    owe(np.allclose(total, 1.0, atol=1e-4), f"they sum to {total.min():.4g} to {total.max():.4g}")
