"""What grows in the benchmark `growth`: along each axis, models that differ in one thing."""

from __future__ import annotations

from typing import Any

import attrs

from tests.benchmarks.sides.networks import CONV, MLP, Network


@attrs.frozen(kw_only=True)
class Case:
    """One model.

    Args:
        value: of what grows.
        network: the model's network.
        images: of a round.
        terms: its regularizers by key, as inline tables of a registry.
        beside: what tells it from another case of the same value.
    """

    value: int
    network: Network
    images: int
    terms: dict[str, str] = attrs.Factory(dict)
    beside: str = ""

    @property
    def name(self) -> str:
        """Unique along its axis."""
        return f"{self.value} {self.beside}".strip()

    @property
    def declared(self) -> str:
        """The regularizers in a registry."""
        lines = [f"{key} = {table}" for key, table in self.terms.items()]
        return "\n".join(["[models.measured.regularizers]", *lines]) if lines else ""


@attrs.frozen(kw_only=True)
class Axis:
    """One thing that grows.

    Args:
        title: what it is.
        due: how the time of an image has to depend on it, and why.
        cases: from small to large.
    """

    title: str
    due: str
    cases: tuple[Case, ...]


FOCAL = '{ use = "focal_frequency", weight = 1.0 }'
PAIRS = "pairs"
"""Marks the case that compares all pairs of a batch, beside the same without."""


def _square(side: int) -> Network:
    return attrs.evolve(CONV, shape=(side, side, 1))


def _batch(network: Network, size: int) -> Network:
    return attrs.evolve(network, batch_size=size)


def _all_pairs(use: str, sizes: tuple[int, ...]) -> tuple[Case, ...]:
    found = []
    for size in sizes:
        network, images = _batch(MLP, size), 16 * 1024
        term = {use: f'{{ use = "{use}", weight = 1.0 }}'}
        found.append(Case(value=size, network=network, images=images))
        found.append(Case(value=size, network=network, images=images, terms=term, beside=PAIRS))
    return tuple(found)


AXES = {
    "batch": Axis(
        title="batch size, conv, 28x28",
        due="level: an image needs the same arithmetic in any batch. Small batches share what a "
        "step costs, and the optimizer's pass over the weights, among few images; large ones "
        "leave the cache.",
        cases=tuple(
            Case(value=size, network=_batch(CONV, size), images=4096)
            for size in (16, 32, 64, 128, 256, 512)
        ),
    ),
    "latent": Axis(
        title="latent size, conv, 28x28, batch 128",
        due="level, then linear: the heads and the first layer of the decoder have 3 x 3,136 "
        "weights for each dimension, the convolutions some 11 million multiplications in any case.",
        cases=tuple(
            Case(value=size, network=attrs.evolve(CONV, latent=size), images=2560)
            for size in (2, 16, 64, 256)
        ),
    ),
    "image": Axis(
        title="side of the image, conv of two stages, batch 128",
        due="quadratic: convolutions cost as much for each pixel whatever the image; the dense "
        "layers grow with the grid, so quadratically too.",
        cases=tuple(
            Case(value=side, network=_square(side), images=images)
            for side, images in ((28, 2560), (64, 512), (128, 256))
        ),
    ),
    "terms": Axis(
        title="number of regularizers of one example (focal_frequency), conv, 28x28, batch 128",
        due="linear with a small slope: each is two Fourier transforms of an image and what "
        "differentiates them.",
        cases=tuple(
            Case(
                value=number,
                network=CONV,
                images=2560,
                terms={f"focal_{index}": FOCAL for index in range(number)},
            )
            for number in (0, 1, 2, 4)
        ),
    ),
    "total_correlation": Axis(
        title="batch size with total_correlation, MLP 784-400-16",
        due="the term's own part is linear in the batch size for an image, B squared for a "
        "step: it compares each latent with each posterior of the batch. The last column is level.",
        cases=_all_pairs("total_correlation", (64, 128, 256, 512, 1024)),
    ),
    "mmd": Axis(
        title="batch size with mmd, MLP 784-400-16",
        due="the term's own part is linear in the batch size for an image, B squared for a "
        "step: it compares all pairs. The last column is level.",
        cases=_all_pairs("mmd", (64, 128, 256, 512, 1024)),
    ),
}

SMALL_CASES = 2


def smaller(axis: Axis) -> Axis:
    """The first values of an axis with two steps each, to see that they run."""
    values = sorted({case.value for case in axis.cases})[:SMALL_CASES]
    cases = [
        attrs.evolve(case, images=2 * case.network.batch_size)
        for case in axis.cases
        if case.value in values
    ]
    return attrs.evolve(axis, cases=tuple(cases))


def chosen(name: str, small: bool) -> Axis:
    """The axis of that name."""
    return smaller(AXES[name]) if small else AXES[name]


def growing_sides(axis: str, small: bool) -> dict[str, Any]:
    """The cases of an axis as sides, made in the process that trains them."""
    from tests.benchmarks.sides.examples import examples
    from tests.benchmarks.sides.vaereg_engine import Engine, declared

    return {
        case.name: Engine(
            declared(case.network, case.declared), examples(case.network.shape, case.images)
        )
        for case in chosen(axis, small).cases
    }
