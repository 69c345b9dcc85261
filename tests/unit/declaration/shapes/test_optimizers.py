"""The tables of Keras names, which import no keras, agree with the installed Keras."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from vaereg.declaration.declaration import NamedChoice
from vaereg.declaration.shapes import keras_names
from vaereg.declaration.shapes.optimizers import OPTIMIZER
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Findings
from vaereg.declaration.text.tree import grown

NOT_OFFERED = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
"""Optimizers that vaereg does not offer: wrappers and the base class."""


def _signatures(module: Any, base: type, leave: set[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for name, cls in vars(module).items():
        if isinstance(cls, type) and issubclass(cls, base) and cls is not base:
            if name in leave:
                continue
            parameters = inspect.signature(cls).parameters.values()
            found[name.lower()] = {
                each.name: keras_names.REQUIRED if each.default is each.empty else each.default
                for each in parameters
                if each.kind is each.POSITIONAL_OR_KEYWORD and each.name != "name"
            }
    return found


def _table(table: dict[str, keras_names.Parameters]) -> dict[str, dict[str, Any]]:
    return {
        name.replace("_", ""): {key: default for key, (_, default) in parameters.items()}
        for name, parameters in table.items()
    }


def test_the_optimizers_are_those_of_keras_with_the_same_parameters_and_defaults() -> None:
    import keras

    expected = _signatures(keras.optimizers, keras.optimizers.Optimizer, NOT_OFFERED)
    assert _table(keras_names.OPTIMIZERS) == expected


def test_the_learning_rate_schedules_are_those_of_keras() -> None:
    import keras

    schedules = keras.optimizers.schedules
    expected = _signatures(schedules, schedules.LearningRateSchedule, set())
    assert _table(keras_names.LEARNING_RATE_SCHEDULES) == expected


def test_every_activation_is_one_of_keras_and_keeps_the_shape() -> None:
    import keras

    for name in keras_names.ACTIVATIONS:
        assert keras.activations.get(name)(keras.ops.zeros((2, 4))).shape == (2, 4)


def test_the_type_of_every_parameter_fits_its_default() -> None:
    for tables in (keras_names.OPTIMIZERS, keras_names.LEARNING_RATE_SCHEDULES):
        for parameters in tables.values():
            for key, (kind, default) in parameters.items():
                assert kind.endswith("?") == (default is None), key
                if default is not None and default is not keras_names.REQUIRED:
                    kinds = {"number": (int, float), "integer": int, "boolean": bool}
                    assert isinstance(default, kinds[kind]), key


def _read(given: Any) -> tuple[Any, list[Any]]:
    findings = Findings(Document(values={}))
    return OPTIMIZER.read(grown(given, ("optimizer",)), findings), list(findings.problems)


COSINE = {"use": "cosine_decay", "initial_learning_rate": 1e-3, "decay_steps": 100}


def test_an_optimizer_is_read_with_its_parameters_and_schedule() -> None:
    given = {"use": "adamw", "learning_rate": COSINE, "global_clipnorm": 1}
    choice, problems = _read(given)
    assert not problems
    assert choice == NamedChoice(
        use="adamw",
        params={
            "learning_rate": NamedChoice(
                use="cosine_decay", params={"initial_learning_rate": 1e-3, "decay_steps": 100}
            ),
            "global_clipnorm": 1.0,
        },
    )
    assert _read("sgd")[0] == NamedChoice(use="sgd")


def test_weights_may_be_excluded_from_decay() -> None:
    choice, problems = _read({"use": "adamw", "exclude": ["bias", "norm"]})

    assert not problems
    assert list(choice.params["exclude"]) == ["bias", "norm"]


@pytest.mark.parametrize(
    ("given", "code", "hint"),
    [
        ("Adam", "unknown-name", 'did you mean "adam'),
        ("adma", "unknown-name", '"adam"'),
        (3, "wrong-type", ""),
        ({"learning_rate": 1e-3}, "missing-key", 'use = "adam"'),
        ({"use": "adam", "lr": 1e-3}, "unknown-key", "learning_rate"),
        ({"use": "adam", "momentum": 0.9}, "unknown-key", "beta_1"),
        ({"use": "adam", "learning_rate": "1e-3"}, "unknown-name", ""),
        ({"use": "adam", "learning_rate": 0}, "out-of-range", "0 < value"),
        ({"use": "adam", "beta_1": 1}, "out-of-range", "< 1"),
        ({"use": "adam", "use_ema": True}, "refused-key", "ema = 0.999"),
        ({"use": "adam", "ema_momentum": 0.9}, "refused-key", "[train]"),
        ({"use": "adam", "clipnorm": 1, "clipvalue": 1}, "too-many-keys", "keep one"),
        ({"use": "adam", "exclude": ["bias"]}, "does-not-fit", "set `weight_decay`"),
        ({"use": "adamw", "weight_decay": 0, "exclude": ["bias"]}, "does-not-fit", "weight_decay"),
        ({"use": "adamw", "exclude": "bias"}, "wrong-type", ""),
        ({"use": "adam", "gradient_accumulation_steps": 1}, "out-of-range", "2 <="),
        ({"use": "adam", "gradient_accumulation_steps": 2.0}, "wrong-type", ""),
        ({"use": "adam", "learning_rate": {"use": "cosine"}}, "unknown-name", "cosine_decay"),
        (
            {"use": "adam", "learning_rate": {"use": "cosine_decay", "decay_steps": 3}},
            "missing-key",
            "initial_learning_rate",
        ),
        ({"use": "adam", "learning_rate": COSINE | {"steps": 3}}, "unknown-key", "decay_steps"),
        (
            {
                "use": "adam",
                "learning_rate": {
                    "use": "piecewise_constant_decay",
                    "boundaries": [1, 2],
                    "values": [0.1, 0.2],
                },
            },
            "wrong-length",
            "",
        ),
    ],
)
def test_what_keras_would_reject_is_reported_before_keras_runs(
    given: Any, code: str, hint: str
) -> None:
    value, problems = _read(given)
    assert value is FAULT
    assert [problem.code for problem in problems] == [code]
    assert hint in problems[0].hint
