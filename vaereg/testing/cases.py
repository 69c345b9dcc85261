"""The test cases for components: each has a form of data and a latent shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import product

import attrs
import numpy as np

from vaereg.component import DATA_FORMS
from vaereg.contracts.data import DataSpec


@attrs.frozen(kw_only=True)
class Case:
    """The data and latent shape that a component is built for.

    Args:
        name: describes the case in messages.
        data: the specification of the data.
        latent_shape: the shape of one latent.
        of_latents: whether an augmentation is to change latents instead of data.
    """

    name: str
    data: DataSpec
    latent_shape: tuple[int, ...]
    of_latents: bool = False

    def examples(self, count: int, seed: int = 0) -> np.ndarray:
        """Random examples (count, *data) float32, in the range and on the levels of the data."""
        rng = np.random.default_rng([seed, 11])
        shape = (count, *self.data.shape)
        if self.data.value_range is None:
            return rng.normal(size=shape).astype(np.float32)
        low, high = self.data.value_range
        share = rng.uniform(size=shape)
        if self.data.levels:
            share = np.round(share * (self.data.levels - 1)) / (self.data.levels - 1)
        return (low + (high - low) * share).astype(np.float32)

    @contextmanager
    def named_in_errors(self) -> Iterator[None]:
        """Adds a note that names the case to any exception raised inside, unless it has a note."""
        try:
            yield
        except Exception as fault:
            if not getattr(fault, "__notes__", ()):
                fault.add_note(self.name)
            raise

    def latents(self, count: int, seed: int = 0) -> np.ndarray:
        """Random latents (count, *latent) float32, standard normal."""
        rng = np.random.default_rng([seed, 12])
        return rng.normal(size=(count, *self.latent_shape)).astype(np.float32)


def case(
    name: str,
    form: str,
    shape: tuple[int, ...],
    latent: tuple[int, ...],
    value_range: tuple[float, float] | None = (0.0, 1.0),
    levels: int | None = None,
) -> Case:
    """A case with the usual defaults: 64 examples, values in [0, 1].

    Args:
        name, form, shape, value_range, levels: see Case and DataSpec.
        latent: the shape of one latent.
    """
    data = DataSpec(form=form, shape=shape, value_range=value_range, levels=levels, size=64)
    return Case(name=name, data=data, latent_shape=latent)


def doubled(small: Case, axis: int) -> Case:
    """The same case with examples twice as long along one axis."""
    shape = tuple(2 * n if i == axis else n for i, n in enumerate(small.data.shape))
    return attrs.evolve(
        small,
        name=f"{small.name}, twice along axis {axis}",
        data=attrs.evolve(small.data, shape=shape),
    )


CASES = (
    case("8x8 grey images", "image", (8, 8, 1), (3,), levels=256),
    case("12x7 colour images in [-1, 1]", "image", (12, 7, 3), (2,), (-1.0, 1.0), 256),
    case("8x8 colour images, latent 2x2x2", "image", (8, 8, 3), (2, 2, 2), levels=256),
    case("vectors of 5 bits", "vector", (5,), (2,), levels=2),
    case("unbounded vectors of 4", "vector", (4,), (2,), None),
    case("sequences of 6 pairs", "sequence", (6, 2), (2,), levels=4),
    case("vectors of 3 in [0, 1]", "vector", (3,), (2,)),
    case("sequences of 5 pairs in [-1, 1]", "sequence", (5, 2), (2,), (-1.0, 1.0)),
)


def latent_cases() -> tuple[Case, ...]:
    """Cases for augmentations of latents: flat ones, and grids."""
    return tuple(
        attrs.evolve(each, name=f"latents {'x'.join(map(str, each.latent_shape))}", of_latents=True)
        for each in CASES[:3]
    )


_SHAPES: dict[str, list[tuple[int, ...]]] = {
    "image": [(8, 8, 1), (16, 16, 3), (28, 28, 1), (32, 32, 3), (64, 64, 3)],
    "vector": [(2,), (8,), (16,), (64,)],
    "sequence": [(8, 1), (16, 2), (32, 3)],
}
_FLAT: list[tuple[int, ...]] = [(2,), (1,), (4,), (8,), (16,), (64,)]
_GRIDS: list[tuple[int, ...]] = [(2, 2, 2), (4, 4, 2), (8, 8, 4), (1, 1, 4)]


def rarer_cases(form: str) -> Iterator[Case]:
    """Cases for components that refuse every usual one of a form: other sizes, other latents."""
    for shape, latent in product(_SHAPES[form], _FLAT + _GRIDS):
        size = "x".join(map(str, shape))
        name = f"{form} data of shape {size}, latent {'x'.join(map(str, latent))}"
        yield case(name, form, shape, latent, levels=256 if form == "image" else None)


def forms_in_order(forms: Iterable[str]) -> list[str]:
    """The given forms of data, in the order in which they are tried."""
    return [
        form for form in ("image", "vector", "sequence") if form in forms and form in DATA_FORMS
    ]


LARGE = case("64x64 colour images", "image", (64, 64, 3), (3,), levels=256)
"""For components that refuse smaller images."""
