"""The hand-made step."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.testing import StandInStep
from vaereg.testing.cases import CASES
from vaereg.testing.stand_ins.parts import StandInCoder, StandInLikelihood, StandInPrior

X = np.zeros((4, 6), "float32")
Z = np.ones((4, 2), "float32")


def test_it_has_everything_that_the_contract_of_a_step_names() -> None:
    step = StandInStep(X, ops.convert_to_tensor(Z), decode=lambda z: z)
    for name in vaereg.Step.__annotations__:
        assert hasattr(step, name), name
    for name in ("encode", "decode", "mean", "shared"):
        assert callable(getattr(step, name))


def test_tensors_that_are_not_given_are_drawn_once() -> None:
    step = StandInStep(X, ops.convert_to_tensor(Z), seed=3)
    first, second = (ops.convert_to_numpy(step.prior_latents) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == Z.shape
    assert step.reconstruction is step.outputs


def test_what_is_given_is_kept() -> None:
    given = ops.convert_to_tensor(X + 2)
    step = StandInStep(X, ops.convert_to_tensor(Z), reconstruction=given, generated=given)
    assert step.reconstruction is given
    assert step.generated is given


def test_a_shared_value_is_computed_once() -> None:
    calls: list[int] = []
    step = StandInStep(X, ops.convert_to_tensor(Z))
    for _ in range(2):
        assert step.shared("key", lambda: calls.append(1) or 5) == 5
    assert calls == [1]


def test_generated_data_are_decoded_prior_draws() -> None:
    case = CASES[0]
    coder = StandInCoder(case)
    x = ops.convert_to_tensor(case.examples(3))
    step = StandInStep(
        x,
        coder.encode(x),
        prior=StandInPrior(case),
        likelihood=StandInLikelihood(),
        encode=coder.encode,
        decode=coder.decode,
    )
    wanted = ops.convert_to_numpy(coder.decode(step.prior_latents))
    np.testing.assert_allclose(ops.convert_to_numpy(step.generated), wanted, rtol=1e-6)


def test_decoding_without_a_decoder_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="decode="):
        StandInStep(X, ops.convert_to_tensor(Z)).decode(Z)
