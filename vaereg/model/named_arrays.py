"""A model's state as named arrays: to continue bit-exactly, or to use the weights elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import keras
import numpy as np
from keras import ops

from vaereg.errors import RunError


@attrs.frozen(kw_only=True)
class FittingArrays:
    """How stored arrays fit the variables of a model, by path.

    Args:
        taken: in both, with equal shapes; the model has these now.
        reshaped: in both, with other shapes: path -> (the stored shape, the model's shape).
        new: in the model alone.
        unused: stored alone.
    """

    taken: tuple[str, ...]
    reshaped: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    new: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def of(self) -> int:
        """How many variables the model has."""
        return len(self.taken) + len(self.reshaped) + len(self.new)


def by_path(variables: Iterable[keras.Variable]) -> dict[str, keras.Variable]:
    """Variables by their path.

    Raises:
        ValueError: if two variables share a path; a checkpoint could not distinguish them.
    """
    result: dict[str, keras.Variable] = {}
    for variable in variables:
        other = result.setdefault(variable.path, variable)
        if other is not variable:
            raise ValueError(
                f"two variables have the path {variable.path!r}; give every layer and weight "
                "its own explicit name"
            )
    return result


def values(variables: Mapping[str, keras.Variable]) -> dict[str, np.ndarray]:
    """The values of variables by path."""
    return {path: np.array(ops.convert_to_numpy(v.value)) for path, v in variables.items()}


def assign(variables: Mapping[str, keras.Variable], arrays: Mapping[str, np.ndarray]) -> None:
    """Assigns arrays to variables; assigns none unless all of them fit.

    Raises:
        RunError: if a path is on one side only, or a shape differs (Keras would skip it silently).
    """
    missing = sorted(variables.keys() - arrays.keys())
    foreign = sorted(arrays.keys() - variables.keys())
    reshaped = [
        f"{path}: {tuple(arrays[path].shape)} stored, {tuple(variable.shape)} declared"
        for path, variable in variables.items()
        if path in arrays and tuple(arrays[path].shape) != tuple(variable.shape)
    ]
    faults = [
        *(f"not stored: {path}" for path in missing[:8]),
        *(f"not in the model: {path}" for path in foreign[:8]),
        *reshaped[:8],
    ]
    if faults:
        count = len(missing) + len(foreign) + len(reshaped)
        raise RunError(
            f"the stored weights do not fit the declared model ({count} differences):\n  "
            + "\n  ".join(faults)
            + "\nUse the declaration.toml of the run that stored them."
        )
    for path, variable in variables.items():
        variable.assign(arrays[path])


def assign_fitting(
    variables: Mapping[str, keras.Variable], arrays: Mapping[str, np.ndarray]
) -> FittingArrays:
    """Assigns the arrays whose path and shape a variable has; the other variables stay."""
    shapes = {path: tuple(int(side) for side in each.shape) for path, each in variables.items()}
    both = [path for path in variables if path in arrays]
    taken = [path for path in both if tuple(arrays[path].shape) == shapes[path]]
    for path in taken:
        variables[path].assign(arrays[path])
    return FittingArrays(
        taken=tuple(taken),
        reshaped={
            path: (tuple(arrays[path].shape), shapes[path]) for path in both if path not in taken
        },
        new=tuple(path for path in variables if path not in arrays),
        unused=tuple(path for path in arrays if path not in variables),
    )
