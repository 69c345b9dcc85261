"""A step that is seen through a function changes what is data, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from tests.unit.model.losses.test_step import step as lazy_step
from vaereg.testing import StandInStep


def stand_in():
    x = np.random.default_rng(0).uniform(size=(4, 3)).astype("float32")
    z = ops.zeros((4, 2))
    return StandInStep(x, z, 0.5 * x, encode=None, decode=lambda z: 2.0 * z)


def negative(values):
    return -values


@pytest.mark.parametrize("make", [lazy_step, stand_in])
def test_data_is_seen_through_the_function_and_the_rest_is_that_of_the_step(make):
    step = make()
    seen = step.seen(negative)
    for name in ("x", "reconstruction", "generated"):
        found, own = getattr(seen, name), getattr(step, name)
        assert np.array_equal(ops.convert_to_numpy(found), -ops.convert_to_numpy(own)), name
        assert getattr(seen, name) is found, "it is computed once"
    for name in (
        "latent",
        "outputs",
        "prior_latents",
        "global_step",
        "epoch",
        "dataset_size",
        "training",
        "seed",
        "given",
        "prior",
        "likelihood",
    ):
        assert getattr(seen, name) is getattr(step, name), name
    for name in ("log_likelihood", "kl"):
        own = ops.convert_to_numpy(getattr(step, name))
        assert np.array_equal(ops.convert_to_numpy(getattr(seen, name)), own), name
    z = ops.ones((4, 2))
    for call in (lambda s: s.mean(s.decode(z)), lambda s: s.encode(step.x).z):
        assert np.array_equal(*(ops.convert_to_numpy(call(each)) for each in (step, seen)))


def test_functions_compose_and_are_called_only_where_a_value_is_used():
    step, called = stand_in(), []

    def doubled(values):
        called.append(1)
        return 2.0 * values

    seen = step.seen(doubled).seen(negative)
    assert not called
    assert np.allclose(ops.convert_to_numpy(seen.x), -2.0 * ops.convert_to_numpy(step.x))
    assert len(called) == 1


def test_shared_values_of_what_is_seen_are_kept_apart():
    step = stand_in()
    seen = step.seen(negative)
    assert step.shared("mean", lambda: "own") == "own"
    assert seen.shared("mean", lambda: "seen") == "seen"
    assert seen.shared("mean", lambda: "again") == "seen"
    assert step.shared("mean", lambda: "again") == "own"


def test_conditions_are_those_that_the_term_is_told_now():
    step = lazy_step()
    seen = step.seen(negative)
    step._conditions = {"label": ops.ones((4,))}
    step.tell(["label"])
    assert seen.given is step.given
    assert set(seen.given) == {"label"}
