"""A weight that changes during training."""

from __future__ import annotations

import math
from typing import Protocol

from vaereg.contracts.tensor import Tensor
from vaereg.frozen import frozen


class ScalarOps(Protocol):
    """The five operations that a schedule needs, as in `keras.ops`."""

    def cast(self, x: Tensor, dtype: str, /) -> Tensor: ...

    def floor(self, x: Tensor, /) -> Tensor: ...

    def cos(self, x: Tensor, /) -> Tensor: ...

    def minimum(self, x1: Tensor, x2: Tensor, /) -> Tensor: ...

    def where(self, condition: Tensor, x1: Tensor, x2: Tensor, /) -> Tensor: ...


@frozen(kw_only=True)
class Schedule:
    """A number as a function of training time.

    Args:
        form: "constant", "ramp", "cosine", "cyclical" or "piecewise".
        values: constant: (v,); ramp, cosine, cyclical: (start, end); piecewise: one per piece.
        unit: "epochs" or "steps".
        lengths: ramp, cosine: (length,); cyclical: (length of one cycle,); piecewise: the times
            at which the next piece begins, increasing.
        rise: cyclical: the share of a cycle that rises from start to end; the rest stays at end
            (Fu et al. 2019, arXiv:1903.10145).
    """

    form: str = "constant"
    values: tuple[float, ...] = (1.0,)
    unit: str = "epochs"
    lengths: tuple[float, ...] = ()
    rise: float = 0.5

    @classmethod
    def constant(cls, value: float) -> Schedule:
        """A schedule that never changes."""
        return cls(form="constant", values=(float(value),))

    @property
    def is_zero(self) -> bool:
        """Whether the value is 0 at all times."""
        return all(value == 0 for value in self.values)

    @property
    def is_constant(self) -> bool:
        """Whether the value is the same at all times."""
        return len(set(self.values)) == 1

    @property
    def final(self) -> float:
        """The value at which the schedule ends; of a cyclical one, the largest."""
        return max(self.values) if self.form == "cyclical" else self.values[-1]

    def at(self, step: Tensor, steps_per_epoch: int, ops: ScalarOps | None = None) -> Tensor:
        """The value at a step.

        Args:
            step: the number of steps before this one, a number or a scalar tensor.
            steps_per_epoch: the number of steps in one epoch.
            ops: `keras.ops` if `step` is a tensor; None for plain numbers.

        Returns:
            A float, or a scalar float32 tensor.
        """
        if self.form == "constant":
            return self.values[0]
        xp: ScalarOps = ops or _PlainOps
        time = xp.cast(step, "float32") / (steps_per_epoch if self.unit == "epochs" else 1.0)
        if self.form == "piecewise":
            value = self.values[0]
            for boundary, after in zip(self.lengths, self.values[1:], strict=True):
                value = xp.where(time >= boundary, after, value)
            return value
        start, end = self.values
        length = self.lengths[0]
        if self.form == "cyclical":
            within = time - xp.floor(time / length) * length
            share = xp.minimum(within / (length * self.rise), 1.0)
        else:
            share = xp.minimum(time / length, 1.0)
        if self.form == "cosine":
            share = 0.5 - 0.5 * xp.cos(share * math.pi)
        return start + (end - start) * share


class _PlainOps:
    """The same on plain numbers."""

    floor = staticmethod(math.floor)
    cos = staticmethod(math.cos)
    minimum = staticmethod(min)

    @staticmethod
    def cast(value: float, dtype: str) -> float:
        del dtype
        return float(value)

    @staticmethod
    def where(condition: bool, chosen: float, other: float) -> float:
        return chosen if condition else other
