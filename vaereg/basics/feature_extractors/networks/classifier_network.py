"""The network of the extractor `classifier`."""

from __future__ import annotations

import keras
import numpy as np

WIDTHS = (32, 64, 128)
"""The filters of each stage; further stages have as many as the last."""

SIDE = 4
"""Stages reduce images until no side is longer than this, in pixels."""


def classifier_network(
    shape: tuple[int, ...], dimensions: int, classes: int, dropout: float, seed: int
) -> tuple[keras.Model, keras.Model]:
    """The models examples -> features (n, dimensions) and examples -> logits (n, classes).

    Both share their layers: 3 x 3 convolutions of stride 2 for images, two dense layers for
    vectors. For images of up to 64 pixels, they have some 0.1 to 0.5 million parameters. All layers
    have their own names and are float32, whatever the global policy.
    """
    examples = keras.Input(shape, dtype="float32", name="examples")
    x = _image_trunk(examples) if len(shape) == 3 else _vector_trunk(examples)
    # Without a seed of their own PyTorch's would draw from the global generator
    trunk, last = np.random.SeedSequence(seed).generate_state(2) >> 1
    x = keras.layers.Dropout(dropout, seed=int(trunk), name="drop_trunk", dtype="float32")(x)
    features = keras.layers.Dense(dimensions, activation="relu", name="features", dtype="float32")(
        x
    )
    x = keras.layers.Dropout(dropout, seed=int(last), name="drop_features", dtype="float32")(
        features
    )
    logits = keras.layers.Dense(classes, name="logits", dtype="float32")(x)
    return (
        keras.Model(examples, features, name="classifier_features"),
        keras.Model(examples, logits, name="classifier"),
    )


def stage_strides(height: int, width: int) -> list[tuple[int, int]]:
    """The strides of every stage, at least two, that bring both sides to at most `SIDE`."""
    needed = []
    for side in (height, width):
        count = 0
        while side > SIDE:
            side, count = -(-side // 2), count + 1
        needed.append(count)
    stages = max(2, *needed)
    return [
        (2 if stage >= stages - needed[0] else 1, 2 if stage >= stages - needed[1] else 1)
        for stage in range(stages)
    ]


def _image_trunk(x: keras.KerasTensor) -> keras.KerasTensor:
    for stage, strides in enumerate(stage_strides(x.shape[1], x.shape[2])):
        x = keras.layers.Conv2D(
            WIDTHS[min(stage, len(WIDTHS) - 1)],
            3,
            strides=strides,
            padding="same",
            use_bias=False,
            data_format="channels_last",
            name=f"stage{stage}",
            dtype="float32",
        )(x)
        x = _normalized(x, f"stage{stage}")
    return keras.layers.Flatten(data_format="channels_last", name="flat", dtype="float32")(x)


def _vector_trunk(x: keras.KerasTensor) -> keras.KerasTensor:
    for stage in range(2):
        x = keras.layers.Dense(256, use_bias=False, name=f"stage{stage}", dtype="float32")(x)
        x = _normalized(x, f"stage{stage}")
    return x


def _normalized(x: keras.KerasTensor, stage: str) -> keras.KerasTensor:
    # Few steps are taken, so the running statistics must follow faster than Keras's 0.99
    x = keras.layers.BatchNormalization(
        axis=-1, momentum=0.95, name=f"{stage}_norm", dtype="float32"
    )(x)
    return keras.layers.Activation("relu", name=f"{stage}_relu", dtype="float32")(x)
