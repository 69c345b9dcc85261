"""Laws of all kinds that compute with tensors: shapes, dtypes, seeds, compilation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import keras
import numpy as np
from keras import ops

from vaereg.component import LATENT
from vaereg.contracts.tensor import Tensor
from vaereg.model.losses.addressed import stated
from vaereg.testing.accepted_cases import accepted_cases, first_calls, home_case, undecided
from vaereg.testing.cases import forms_in_order
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import TENSOR_KINDS, Harness
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.moved_weights import each_state

ROW_WISE = ("encoder", "decoder", "likelihood")


def _take_some_data(component: ComponentUnderTest) -> None:
    home_case(component)


def _fill_shapes_at_home(component: ComponentUnderTest) -> None:
    wrong = first_calls(component).by_case[home_case(component)].wrong_shape
    require(not wrong, wrong)


@law(
    "takes-the-data-it-declares",
    "For each form in for_data, the component accepts some shape of data and of the latent.",
    *TENSOR_KINDS,
    level="build",
    order=2,
    groundwork=_take_some_data,
)
def takes_the_data_it_declares(component: ComponentUnderTest) -> None:
    """Users rely on for_data when they declare a model.

    Remove from for_data the forms that the factory refuses. A form that is refused in every usual
    case is tried with other sizes of examples and other latents, up to 64x64 pixels and 64 values,
    and with those that the refusals name, as "latents must be 7x7x16" does.
    """
    accepted = accepted_cases(component)
    taken = {LATENT if each.of_latents else each.data.form for each in accepted}
    reason = undecided(component)
    if reason:
        raise NotHere(reason)
    forms = component.offer.component.for_data
    for form in [*forms_in_order(forms), *sorted(forms & {LATENT})]:
        refused = [f"{n}: {t}" for n, t in first_calls(component).refusals.items()]
        require(form in taken, f"it refused all {form} data; " + "; ".join(refused))


@law(
    "shapes-are-those-of-the-contract",
    "Every output has the shape that the contract of its kind demands.",
    *TENSOR_KINDS,
    level="build",
    order=3,
    groundwork=_fill_shapes_at_home,
)
def shapes_are_those_of_the_contract(component: ComponentUnderTest) -> None:
    """The engine slices and sums over these axes.

    Checked for every accepted test case, with batches of 3 and of 1. Look for a sum or mean over
    the batch, and for a missing or extra axis.
    """
    for call in first_calls(component).by_case.values():
        require(not call.wrong_shape, call.wrong_shape)
    harness = Harness(component, home_case(component))
    wrong = harness.wrong_shape(harness.outputs(harness.inputs(1)), 1)
    require(not wrong, wrong)


@law(
    "outputs-are-finite",
    "Outputs are finite, in training and in inference.",
    *TENSOR_KINDS,
    level="build",
)
def outputs_are_finite(component: ComponentUnderTest) -> None:
    """One NaN ends a run. Look for logarithms, quotients and roots of 0.

    Checked for every accepted test case.
    """
    for case, call in first_calls(component).by_case.items():
        _require_finite(call.outputs, case.name)
        _require_finite(Harness(component, case).numpy(training=True), case.name)


@law(
    "one-example-will-do",
    "A batch of one example gives finite outputs.",
    *TENSOR_KINDS,
    level="build",
)
def one_example_will_do(component: ComponentUnderTest) -> None:
    """The last batch of a validation set may have a single example.

    Look for statistics over the batch, which are 0 / 0 for one example.
    """
    harness = Harness(component, home_case(component))
    _require_finite(harness.numpy(harness.inputs(1)), "a batch of 1")


@law(
    "mixed-float16-is-finite",
    "Outputs are finite under mixed_float16.",
    *TENSOR_KINDS,
    level="build",
)
def mixed_float16_is_finite(component: ComponentUnderTest) -> None:
    """float16 represents magnitudes from 6e-8 to 65,504 only.

    Compute smaller or larger values in float32. Checked at the initial weights and after they
    have moved.
    """
    _use_in_mixed_precision(component, "mixed_float16")


@law(
    "mixed-bfloat16-is-finite",
    "Outputs are finite under mixed_bfloat16.",
    *TENSOR_KINDS,
    level="build",
)
def mixed_bfloat16_is_finite(component: ComponentUnderTest) -> None:
    """bfloat16 has three significant digits: compute small differences in float32.

    Checked at the initial weights and after they have moved.
    """
    _use_in_mixed_precision(component, "mixed_bfloat16")


def _use_in_mixed_precision(component: ComponentUnderTest, policy: str) -> None:
    home = home_case(component)  # determined in float32
    with _dtype_policy(policy):
        for harness, moved in each_state(component, home):
            for training in (False, True):
                found = harness.numpy(training=training)
                _require_finite(found, policy + moved)
                for name, value in found.items():
                    require(value.dtype == np.float32, f"{name} has dtype {value.dtype}")


@contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(kept)


def _require_finite(outputs: Mapping[str, np.ndarray], where: str) -> None:
    for name, value in outputs.items():
        require(np.isfinite(value).all(), f"{name} is not finite ({where})")


@law(
    "equal-seeds-equal-outputs",
    "Randomness comes only from the seed: equal seeds give equal outputs.",
    *TENSOR_KINDS,
    level="build",
)
def equal_seeds_equal_outputs(component: ComponentUnderTest) -> None:
    """A run can be repeated only if all draws come from the given seed.

    Pass the seed to keras.random; do not use generators of numpy or of the backend.
    """
    harness = Harness(component, home_case(component))
    require_equal(harness.numpy(seed=5), harness.numpy(seed=5), "two calls with seed 5")


@law(
    "other-seeds-other-draws",
    "Different seeds give different draws.",
    "posterior",
    "prior",
    "likelihood",
    "augmentation",
    level="build",
)
def other_seeds_other_draws(component: ComponentUnderTest) -> None:
    """If the seed is ignored, every sample is the same. Pass the seed to keras.random."""
    home = home_case(component)
    harness = Harness(component, home)
    if getattr(harness.object, "deterministic", False):
        return
    drawn = {"posterior": "z", "augmentation": "latents" if home.of_latents else "values"}
    name = drawn.get(component.kind, "sample")
    first, second = (harness.numpy(harness.inputs(16), seed=s)[name] for s in (5, 6))
    require(not np.array_equal(first, second), f"seeds 5 and 6 give the same {name}")


@law(
    "examples-are-independent",
    "In inference, an example's outputs do not depend on the other examples of its batch.",
    *ROW_WISE,
    level="build",
)
def examples_are_independent(component: ComponentUnderTest) -> None:
    """Otherwise a score would depend on how the data was cut into batches.

    Use moving statistics in inference, and never reduce over the batch axis. Checked at the
    initial weights and after they have moved.
    """
    for harness, moved in each_state(component, home_case(component)):
        given = harness.inputs()
        single = {name: value[1:2] for name, value in given.items()}
        together, alone = harness.numpy(given), harness.numpy(single)
        for name in together.keys() - {"sample"}:
            near = np.allclose(together[name][1], alone[name][0], rtol=1e-4, atol=1e-4)
            require(near, f"{name} of an example changes with its batch{moved}")


@law(
    "compiled-equals-eager",
    "Outputs compiled by the backend equal those of an eager call.",
    *TENSOR_KINDS,
    level="build",
    slow=True,
)
def compiled_equals_eager(component: ComponentUnderTest) -> None:
    """Python code runs only when it is traced: keep state in weights, and branch with keras.ops.

    Checked with tf.function and jax.jit; torch runs eagerly here. Compiled once, and called again
    after the weights have moved.
    """
    model: CompiledPart | None = None
    for harness, moved in each_state(component, home_case(component)):
        eager = harness.numpy()
        model = model or CompiledPart(harness)
        model.start_over()
        compiled = model.predict_on_batch(harness.inputs())
        require_equal(eager, compiled, f"eager and compiled outputs{moved}", tolerance=1e-4)


class CompiledPart(keras.Model):
    """The outputs of a harness, compiled by the backend; call it with `predict_on_batch`."""

    def __init__(self, harness: Harness, *, training: bool = False) -> None:
        super().__init__(name="compiled")
        self.in_training = training
        self.part = harness.object
        self.run = harness.outputs
        # Created here, because no backend can create variables in a compiled function.
        steps = harness.kind in ("regularizer", "discriminator") or stated(harness.object)
        self.generator = keras.random.SeedGenerator(1) if steps else None
        state = None if self.generator is None else self.generator.state.value
        self.started_at = None if state is None else np.array(ops.convert_to_numpy(state))
        self.built = True
        self.compile(jit_compile=keras.backend.backend() == "jax")

    def start_over(self) -> None:
        """Makes the next call draw what the first call of an eager step draws."""
        if self.generator is not None:
            self.generator.state.assign(self.started_at)

    def call(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        seed = 1 if self.generator is None else self.generator
        return self.run(inputs, seed=seed, training=self.in_training)


def require_equal(
    first: dict[str, np.ndarray], second: dict[str, Tensor], what: str, tolerance: float = 0.0
) -> None:
    """Checks that two sets of outputs agree.

    Args:
        first, second: outputs by name.
        what: names the two sets in the message.
        tolerance: the largest allowed difference, relative to 1 + the largest value.

    Raises:
        ContractError: naming the first output that differs.
    """
    for name, value in first.items():
        other = np.asarray(second[name])
        gap = float(np.max(np.abs(value - other))) if value.size else 0.0
        near = gap <= tolerance * (1.0 + float(np.max(np.abs(value), initial=0.0)))
        require(near, f"{name} differs by {gap:.3g} between {what}")
