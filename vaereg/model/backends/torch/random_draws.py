"""Random draws as custom PyTorch operations, so that a traced step draws new numbers each time.

At every draw, Keras makes a generator from the state of a `SeedGenerator` and passes it to PyTorch.
In a trace, that generator would be a constant, and every step would draw the same numbers. Within
`drawing_by_seed`, a draw is recorded as an operation that takes the seed as a tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import torch
from keras.src.backend.torch import random as keras_random
from torch.overrides import TorchFunctionMode

from vaereg.contracts.tensor import Seed, Tensor

Device: TypeAlias = torch.device | str
"""A random seed, as Keras takes one."""

Library: Any = torch.library.Library  # its methods have no types
LIBRARY = Library("vaereg_draws", "DEF")


def _generator(seed: torch.Tensor, device: torch.device) -> torch.Generator:
    """The generator that `torch_seed_generator` of Keras makes from this seed."""
    generator = torch.Generator(device=device)
    generator.manual_seed(int(seed) & 0xFFFFFFFF)
    return generator


def _normal(
    seed: torch.Tensor,
    mean: float,
    deviation: float,
    size: list[int],
    dtype: torch.dtype,
    device: torch.device,
) -> torch.Tensor:
    return torch.normal(
        mean,
        deviation,
        size,
        generator=_generator(seed, device),
        dtype=dtype,
        device=device,
    )


def _uniform(
    seed: torch.Tensor, size: list[int], dtype: torch.dtype, device: torch.device
) -> torch.Tensor:
    return torch.rand(size, generator=_generator(seed, device), dtype=dtype, device=device)


def _integers(
    seed: torch.Tensor,
    low: int,
    high: int,
    size: list[int],
    dtype: torch.dtype,
    device: torch.device,
) -> torch.Tensor:
    return torch.randint(
        low, high, size, generator=_generator(seed, device), dtype=dtype, device=device
    )


def _bernoulli(seed: torch.Tensor, probabilities: torch.Tensor) -> torch.Tensor:
    return torch.bernoulli(probabilities, generator=_generator(seed, probabilities.device))


def _multinomial(
    seed: torch.Tensor, probabilities: torch.Tensor, count: int, replacement: bool
) -> torch.Tensor:
    return torch.multinomial(
        probabilities, count, replacement, generator=_generator(seed, probabilities.device)
    )


for _schema, _function in (
    (
        "normal(Tensor seed, float mean, float deviation, int[] size, ScalarType dtype, "
        "Device device) -> Tensor",
        _normal,
    ),
    ("uniform(Tensor seed, int[] size, ScalarType dtype, Device device) -> Tensor", _uniform),
    (
        "integers(Tensor seed, int low, int high, int[] size, ScalarType dtype, Device device)"
        " -> Tensor",
        _integers,
    ),
    ("bernoulli(Tensor seed, Tensor probabilities) -> Tensor", _bernoulli),
    (
        "multinomial(Tensor seed, Tensor probabilities, int count, bool replacement) -> Tensor",
        _multinomial,
    ),
):
    LIBRARY.define(_schema)
    LIBRARY.impl(_schema.split("(")[0], _function, "CompositeExplicitAutograd")


class NotTraceable(Exception):
    """A step does something that a traced graph cannot repeat."""


READS = (
    torch.Tensor.numpy,
    torch.Tensor.tolist,
    torch.Tensor.__array__,
)
"""Functions that read numbers from a tensor; a graph would keep these numbers as constants."""


class _DrawsBySeed(TorchFunctionMode):
    def __init__(self, seeds: dict[int, tuple[torch.Generator, torch.Tensor]]) -> None:
        super().__init__()
        self._seeds = seeds

    def __torch_function__(
        self,
        func: Callable[..., Any],  # any PyTorch function
        types: object,
        args: tuple[Any, ...] = (),  # its arguments
        kwargs: dict[str, Any] | None = None,  # likewise
    ) -> Any:  # what it returns
        del types
        kwargs = kwargs or {}
        if func in READS:
            raise NotTraceable(f"the step reads values from a tensor with {func.__name__}")
        generator = kwargs.get("generator")
        if generator is None:
            return func(*args, **kwargs)
        if id(generator) not in self._seeds or func not in RECORDED:
            raise NotTraceable(
                f"the step draws random numbers with {getattr(func, '__name__', func)}"
            )
        seed = self._seeds[id(generator)][1]
        return RECORDED[func](seed, *args, **{k: v for k, v in kwargs.items() if k != "generator"})


def _record_normal(
    seed: torch.Tensor,
    mean: float,
    deviation: float,
    *,
    size: Sequence[int],
    dtype: torch.dtype,
    device: Device,
) -> Tensor:
    return torch.ops.vaereg_draws.normal(
        seed, float(mean), float(deviation), list(size), dtype, torch.device(device)
    )


def _record_uniform(
    seed: torch.Tensor,
    *given: Sequence[int],
    size: Sequence[int] | None = None,
    dtype: torch.dtype | None = None,
    device: Device = "cpu",
) -> Tensor:
    size = given[0] if size is None else size
    dtype = torch.get_default_dtype() if dtype is None else dtype
    return torch.ops.vaereg_draws.uniform(seed, list(size), dtype, torch.device(device))


def _record_integers(
    seed: torch.Tensor,
    *,
    low: int,
    high: int,
    size: Sequence[int],
    dtype: torch.dtype,
    device: Device,
) -> Tensor:
    return torch.ops.vaereg_draws.integers(seed, low, high, list(size), dtype, torch.device(device))


def _record_bernoulli(seed: torch.Tensor, probabilities: torch.Tensor) -> Tensor:
    return torch.ops.vaereg_draws.bernoulli(seed, probabilities)


def _record_multinomial(
    seed: torch.Tensor, probabilities: torch.Tensor, count: int, replacement: bool = False
) -> Tensor:
    return torch.ops.vaereg_draws.multinomial(seed, probabilities, count, replacement)


RECORDED: dict[Callable[..., Any], Callable[..., Tensor]] = {  # of PyTorch -> of this module
    torch.normal: _record_normal,
    torch.rand: _record_uniform,
    torch.randint: _record_integers,
    torch.bernoulli: _record_bernoulli,
    torch.multinomial: _record_multinomial,
}


@contextmanager
def drawing_by_seed() -> Iterator[None]:
    """Within this context, Keras's draws are operations that take their seed as a tensor.

    Raises:
        NotTraceable: within the context, at an operation that a traced graph cannot repeat:
            another source of random numbers, or reading numbers from a tensor.
    """
    seeds: dict[int, tuple[torch.Generator, torch.Tensor]] = {}

    def generator_of(seed: Seed) -> torch.Generator:
        first, second = keras_random.draw_seed(seed)
        made = torch.Generator(device=keras_random.get_device())
        seeds[id(made)] = (made, first + second)  # kept alive, so that its id stays unique
        return made

    kept = keras_random.torch_seed_generator
    keras_random.torch_seed_generator = generator_of
    try:
        with _DrawsBySeed(seeds):
            yield
    finally:
        keras_random.torch_seed_generator = kept
