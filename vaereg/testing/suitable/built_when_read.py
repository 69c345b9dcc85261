"""Parts that are built when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence


class BuiltWhenRead(Mapping[str, object]):
    """A mapping that makes each value when it is first read.

    Args:
        names: the keys, in order.
        make: the value of a key.
    """

    def __init__(self, names: Sequence[str], make: Callable[[str], object]) -> None:
        self._names = tuple(names)
        self._make = make
        self._made: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
