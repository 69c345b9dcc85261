"""Extractors as the catalog would build them, and data that can be learned quickly."""

from __future__ import annotations

from importlib import import_module

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.declared import COMPONENTS

QUICK = {"epochs": 1, "least_steps": 60, "batch_size": 32, "dimensions": 16}
"""Parameters of a classifier that is trained in a second."""


def extractor(name, data, folder=None, **params):
    """The built-in extractor `name` for data of this spec."""
    (component,) = [each for each in COMPONENTS if each.name == name]
    module, attribute = component.factory.split(":")
    context = vaereg.BuildContext(
        name=name, data_spec=data, **({"folder": folder} if folder is not None else {})
    )
    return getattr(import_module(module), attribute)(component.params(**params), context)


def image_spec(*shape, **more):
    return vaereg.DataSpec(form="image", shape=shape, **more)


def vector_spec(size, form="vector"):
    shape = (size,) if isinstance(size, int) else size
    return vaereg.DataSpec(form=form, shape=shape, value_range=None)


def images(count, *shape, seed=0):
    """Noise quantized to 8 bits, (count, *shape) float32 in [0, 1]."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *shape)).astype(np.float32) / np.float32(255)


def striped(count, channels=1, seed=0):
    """8 x 8 images of three classes, which differ in the bright rows, and their labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, count)
    values = rng.integers(0, 120, (count, 8, 8, channels))
    for row, label in enumerate(labels):
        values[row, 2 * label : 2 * label + 2] += 90
    return values.astype(np.uint8), labels


def striped_data(channels=1, value_range=(0.0, 1.0), held_out="validation"):
    spec = image_spec(8, 8, channels, classes=3, size=240, value_range=value_range)
    splits = {
        name: vaereg.ArraySplit(*striped(count, channels, seed), value_range=value_range)
        for name, count, seed in (("train", 240, 1), (held_out, 90, 2))
        if name
    }
    return vaereg.Data(spec=spec, **splits)


def array_data(spec, values, labels=None):
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values, labels))


def quiet(line):
    del line
