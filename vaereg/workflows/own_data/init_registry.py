"""Writes a registry.toml for a user's data, with the reason for each choice."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.declaration.undecided import MARK
from vaereg.declaration.write import toml_value
from vaereg.workflows.own_data.look_at_data import Looked
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.contracts.data import Data, DataSpec

STEPS = 6000
"""About how many steps a training has if no time is given."""

MEASURED_STEPS = 20
"""How many steps are timed to predict the duration of an epoch."""


@attrs.frozen(kw_only=True)
class Choices:
    """The choices for a model.

    Args:
        network: "conv" or "dense".
        widths: of the encoder; the decoder has them in reverse.
        latent: the number of latent dimensions.
        batch_size: examples per step.
        epochs: passes over the data.
        epochs_reason: why so many.
    """

    network: str
    widths: Sequence[int]
    latent: int
    batch_size: int
    epochs: int
    epochs_reason: str


def choose(data: Data, minutes: float | None, tell: Tell) -> Choices:
    """Chooses a model for data.

    Args:
        data: the data.
        minutes: how long a training may take; None for a number of steps that usually suffices.
        tell: receives progress.
    """
    spec, count = data.spec, len(data.train)
    batch = min(64, max(1, count // 20)) if count < 1280 else 64
    if spec.form == "image":
        side = min(spec.shape[:2])
        stages = max(1, min(5, round(math.log2(max(side, 2) / 6))))
        widths = [min(32 * 2**stage, 128) for stage in range(stages)]
        latent = 16 if side <= 16 else 24 if side <= 32 else 64
    else:
        width = int(min(512, max(32, 2 ** math.ceil(math.log2(2 * spec.dimensions)))))
        widths = [width, width]
        latent = max(1, min(16, spec.dimensions // 2))
    choices = Choices(
        network="conv" if spec.form == "image" else "dense",
        widths=widths,
        latent=latent,
        batch_size=batch,
        epochs=1,
        epochs_reason="",
    )
    steps = max(1, count // batch)
    if minutes is None:
        epochs = max(10, min(300, round(STEPS / steps)))
        return attrs.evolve(choices, epochs=epochs, epochs_reason=f"{epochs * steps:,} steps")
    seconds = _seconds_per_step(data, choices, tell)
    epochs = max(1, int(60 * minutes / (seconds * steps)))
    reason = f"about {minutes:g} min: a step took {1000 * seconds:.1f} ms here"
    return attrs.evolve(choices, epochs=epochs, epochs_reason=reason)


def registry_text(looked: Looked, path: Path, folder: Path, choices: Choices | None) -> str:
    """The text of registry.toml.

    Args:
        looked: what was seen of the data.
        path: of the data.
        folder: that of registry.toml, to which a relative path refers.
        choices: for the model; None if the data could not be read yet.
    """
    spec = looked.data.spec if looked.data is not None else None
    lines = [
        "# Written by `vaereg init --data`. To learn more:",
        "#   vaereg check --data             reads the data and puts one batch through the model",
        "#   vaereg describe encoder/conv    shows the parameters of a component",
        'default = "first"',
        "",
    ]
    if looked.data is not None and spec is not None:
        if looked.to_decide:
            likely = ", ".join(f"{k} = {toml_value(v[0])}" for k, v in looked.to_decide.items())
            lines += [f"# With {likely}:"]
        lines += [f"# Seen: {_seen(looked.data, spec)}"]
        lines += [f"# {note}" for note in looked.data.notes]
    lines += [
        "[data.mine]",
        f'use = "{looked.use}"',
        f"path = {toml_value(_relative(path, folder))}",
    ]
    for name, value in looked.params.items():
        reason = looked.reasons.get(name, "")
        lines += [f"# {reason}"] if reason else []
        lines += [f"{name} = {toml_value(value)}"]
    for name, values in looked.to_decide.items():
        lines += ["", f"# {looked.why[name]}", MARK]
        lines += [f"# {name} = {toml_value(value)}" for value in values]
    lines += ["", "[models.first]", 'data = "mine"']
    if choices is None:
        lines += [
            "latent = 16",
            'encoder = { use = "dense", widths = [256, 128] }',
            'decoder = { use = "dense", widths = [128, 256] }',
            'likelihood = "gaussian_optimal_variance"',
        ]
        return "\n".join([*lines, ""])
    assert spec is not None
    lines += _model(spec, choices)
    return "\n".join([*lines, ""])


def _model(spec: DataSpec, choices: Choices) -> list[str]:
    binary = spec.levels == 2
    likelihood, why = "gaussian_optimal_variance", "its variance is fitted to the data"
    if binary:
        likelihood, why = "bernoulli", "the values are 0 and 1"
    up = list(reversed(choices.widths))
    size = f"{spec.dimensions} values per example"
    network = f'{{ use = "{choices.network}", widths = '
    halves = f"halves the sides {len(choices.widths)} times" if choices.network == "conv" else size
    warm = max(1, min(5, choices.epochs // 4))
    return [
        f"latent = {choices.latent}    # for {size}; more keeps more detail, less is smoother",
        f"encoder = {network}{list(choices.widths)} }}    # {halves}",
        f"decoder = {network}{up} }}",
        f'likelihood = "{likelihood}"    # {why}',
        'sampler = "gaussian_mixture"    # samples are drawn where encoded data lies',
        "# The weight of the KL divergence rises, so that the latent is not ignored.",
        f"kl = {{ weight = {{ ramp = [0.0, 1.0], epochs = {warm} }} }}",
        "",
        "[train]",
        f"epochs = {choices.epochs}    # {choices.epochs_reason}",
        f"batch_size = {choices.batch_size}    # of {spec.size:,} training examples",
        'optimizer = { use = "adam", learning_rate = 1e-3 }',
    ]


def _seen(data: Data, spec: DataSpec) -> str:
    counts = f"{len(data.train):,} training examples"
    for name, split in (("validation", data.validation), ("test", data.test)):
        if split is not None and len(split):
            counts += f", {len(split):,} {name}"
    words = [f"{spec.form} {' x '.join(map(str, spec.shape))}", counts]
    if spec.original_range is not None:
        words.append("stored values from {:g} to {:g}".format(*spec.original_range))
    if spec.classes:
        words.append(f"{spec.classes} classes, such as {', '.join(spec.class_names[:3])}")
    columns = getattr(data.to_display, "columns", ())
    if columns:
        words.append(f"columns {', '.join(columns[:8])}{', …' if len(columns) > 8 else ''}")
    return "; ".join(words)


def _seconds_per_step(data: Data, choices: Choices, tell: Tell) -> float:
    """How long a training step takes here, measured on a few steps."""
    import numpy as np

    from vaereg.discovery.declare import declare
    from vaereg.host.import_keras import import_keras
    from vaereg.workflows.backend_choice import backend_choice

    import_keras(backend_choice(None, tell), tell.progress)
    from vaereg.model.build_declared import build_declared

    tell.progress.stage("timing a few steps")
    text = "\n".join(
        [
            '[data.mine]\nuse = "fashion_mnist"\n[models.first]\ndata = "mine"',
            *_model(data.spec, choices),
        ]
    )
    vae = build_declared(declare(text), data)
    count = MEASURED_STEPS * choices.batch_size
    batch = data.train.take(np.arange(count) % len(data.train))
    vae.fit(batch, batch_size=choices.batch_size, epochs=1, verbose=0)  # compiles
    began = time.perf_counter()
    vae.fit(batch, batch_size=choices.batch_size, epochs=1, verbose=0)
    tell.progress.end_stage()
    return (time.perf_counter() - began) / MEASURED_STEPS


def _relative(path: Path, folder: Path) -> str:
    """The path as registry.toml names it: relative if it lies under the folder."""
    inside = os.path.relpath(path.absolute(), folder.absolute())
    return str(path.absolute()) if inside.startswith("..") else Path(inside).as_posix()


def without_dots(path: Path) -> Path:
    """The path without `..` in it, unless it means another file then, because of links."""
    plain = Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
    return plain if plain.resolve() == path.resolve() else path
