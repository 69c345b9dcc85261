"""Tables of Keras's optimizers, learning-rate schedules and activations. Never imports keras.

A test compares them with the signatures of the installed Keras. A parameter maps to its type and
its default. The type is one of "number", "integer", "boolean", "strings", "numbers", "integers",
followed by "?" if None is allowed too.
"""

from __future__ import annotations

from types import EllipsisType
from typing import TypedDict

REQUIRED = ...
"""The default of a required parameter."""

Default = bool | int | float | str | EllipsisType | None
Parameters = dict[str, tuple[str, Default]]

_COMMON: Parameters = {
    "learning_rate": ("number", 0.001),
    "weight_decay": ("number?", None),
    "clipnorm": ("number?", None),
    "clipvalue": ("number?", None),
    "global_clipnorm": ("number?", None),
    "use_ema": ("boolean", False),
    "ema_momentum": ("number", 0.99),
    "ema_overwrite_frequency": ("integer?", None),
    "loss_scale_factor": ("number?", None),
    "gradient_accumulation_steps": ("integer?", None),
}

_BETAS: Parameters = {"beta_1": ("number", 0.9), "beta_2": ("number", 0.999)}
_EPSILON: Parameters = {"epsilon": ("number", 1e-7)}
_AMSGRAD: Parameters = {"amsgrad": ("boolean", False)}

OPTIMIZERS: dict[str, Parameters] = {
    "adadelta": _COMMON | _EPSILON | {"rho": ("number", 0.95)},
    "adafactor": _COMMON
    | {
        "beta_2_decay": ("number", -0.8),
        "epsilon_1": ("number", 1e-30),
        "epsilon_2": ("number", 0.001),
        "clip_threshold": ("number", 1.0),
        "relative_step": ("boolean", True),
    },
    "adagrad": _COMMON | _EPSILON | {"initial_accumulator_value": ("number", 0.1)},
    "adam": _COMMON | _BETAS | _EPSILON | _AMSGRAD,
    "adamax": _COMMON | _BETAS | _EPSILON,
    "adamw": _COMMON | _BETAS | _EPSILON | _AMSGRAD | {"weight_decay": ("number", 0.004)},
    "ftrl": _COMMON
    | {
        "learning_rate_power": ("number", -0.5),
        "initial_accumulator_value": ("number", 0.1),
        "l1_regularization_strength": ("number", 0.0),
        "l2_regularization_strength": ("number", 0.0),
        "l2_shrinkage_regularization_strength": ("number", 0.0),
        "beta": ("number", 0.0),
    },
    "lamb": _COMMON | _BETAS | _EPSILON,
    "lion": _COMMON | {"beta_1": ("number", 0.9), "beta_2": ("number", 0.99)},
    "muon": _COMMON
    | _EPSILON
    | {
        "weight_decay": ("number", 0.004),
        "adam_beta_1": ("number", 0.9),
        "adam_beta_2": ("number", 0.999),
        "adam_weight_decay": ("number", 0.004),
        "exclude_layers": ("strings?", None),
        "exclude_embeddings": ("boolean", True),
        "muon_a": ("number", 3.4445),
        "muon_b": ("number", -4.775),
        "muon_c": ("number", 2.0315),
        "adam_lr_ratio": ("number", 1),
        "momentum": ("number", 0.95),
        "ns_steps": ("integer", 5),
        "nesterov": ("boolean", True),
        "rms_rate": ("number", 0.2),
    },
    "nadam": _COMMON | _BETAS | _EPSILON,
    "rmsprop": _COMMON
    | _EPSILON
    | {"rho": ("number", 0.9), "momentum": ("number", 0.0), "centered": ("boolean", False)},
    "schedule_free_adamw": _COMMON
    | _BETAS
    | {
        "learning_rate": ("number", 0.0025),
        "epsilon": ("number", 1e-8),
        "warmup_steps": ("integer", 0),
    },
    "sgd": _COMMON
    | {
        "learning_rate": ("number", 0.01),
        "momentum": ("number", 0.0),
        "nesterov": ("boolean", False),
    },
}

_DECAY: Parameters = {
    "initial_learning_rate": ("number", REQUIRED),
    "decay_steps": ("integer", REQUIRED),
}
_DECAY_RATE: Parameters = {"decay_rate": ("number", REQUIRED), "staircase": ("boolean", False)}

LEARNING_RATE_SCHEDULES: dict[str, Parameters] = {
    "cosine_decay": _DECAY
    | {
        "alpha": ("number", 0.0),
        "warmup_target": ("number?", None),
        "warmup_steps": ("integer", 0),
    },
    "cosine_decay_restarts": {
        "initial_learning_rate": ("number", REQUIRED),
        "first_decay_steps": ("integer", REQUIRED),
        "t_mul": ("number", 2.0),
        "m_mul": ("number", 1.0),
        "alpha": ("number", 0.0),
    },
    "exponential_decay": _DECAY | _DECAY_RATE,
    "inverse_time_decay": _DECAY | _DECAY_RATE,
    "piecewise_constant_decay": {
        "boundaries": ("integers", REQUIRED),
        "values": ("numbers", REQUIRED),
    },
    "polynomial_decay": _DECAY
    | {
        "end_learning_rate": ("number", 0.0001),
        "power": ("number", 1.0),
        "cycle": ("boolean", False),
    },
}


class Bounds(TypedDict, total=False):
    """Bounds of one parameter, as `ParamInfo` takes them."""

    ge: float
    gt: float
    le: float
    lt: float


BOUNDS: dict[str, Bounds] = {
    "learning_rate": {"gt": 0},
    "initial_learning_rate": {"ge": 0},
    "end_learning_rate": {"ge": 0},
    "warmup_target": {"gt": 0},
    "warmup_steps": {"ge": 0},
    "decay_steps": {"ge": 1},
    "first_decay_steps": {"ge": 1},
    "decay_rate": {"gt": 0},
    "weight_decay": {"ge": 0},
    "clipnorm": {"gt": 0},
    "clipvalue": {"gt": 0},
    "global_clipnorm": {"gt": 0},
    "loss_scale_factor": {"gt": 0},
    "gradient_accumulation_steps": {"ge": 2},
    "beta_1": {"ge": 0, "lt": 1},
    "beta_2": {"ge": 0, "lt": 1},
    "rho": {"ge": 0, "lt": 1},
    "momentum": {"ge": 0, "le": 1},
    "epsilon": {"ge": 0},
    "ns_steps": {"ge": 1},
    "boundaries": {"ge": 1},
    "values": {"ge": 0},
}
"""Bounds of parameters by name; they hold wherever the name occurs."""

EMA_PARAMETERS = ("use_ema", "ema_momentum", "ema_overwrite_frequency")
CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")

ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink",
)  # fmt: skip  # a list to read, not a column
"""Keras names of the activations that keep the shape and need no other argument."""
