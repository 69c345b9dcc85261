"""The conditions that a user passes by name, as arrays with one value for each example."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from vaereg.contracts.conditions import Condition
from vaereg.errors import UsageError
from vaereg.wording import did_you_mean, listed

MOST_DIGITS = 18
"""The most digits of a class; Python reads no number of thousands of digits."""


def checked_given(
    given: Any,  # what a user passes
    conditions: Sequence[Condition],
    asked: Collection[str],
    n: int,
) -> dict[str, np.ndarray]:
    """The conditions that are asked for, (n, *shape) by name: int32 classes, float32 others.

    Args:
        given: by name, one value for all examples or one for each. A class is given by its number
            or its name.
        conditions: all that the data has.
        asked: those that the parts in use ask for; others are left out.
        n: how many examples there are.

    Raises:
        UsageError: if one is missing or unknown, or has a wrong value.
    """
    if not isinstance(given, Mapping):
        raise UsageError(
            f"given is a mapping of conditions to values, such as {{'label': 3}}; got {given!r}"
        )
    known = {each.name: each for each in conditions}
    for name in given:
        if name not in known:
            hint = did_you_mean(str(name), known)
            has = f"the data has {listed(known)}" if known else "the data has none"
            raise UsageError(
                f"there is no condition {name!r}; {has}" + (f"; {hint}" if hint else "")
            )
    missing = [each for each in conditions if each.name in asked and each.name not in given]
    if missing:
        raise UsageError(
            f"the model is told {listed(each.name for each in missing)} of each example; pass "
            f"given={{{', '.join(f'{each.name!r}: ...' for each in missing)}}}, with "
            f"{'; '.join(map(allowed, missing))}"
        )
    return {
        each.name: values_of(given[each.name], each, n) for each in conditions if each.name in asked
    }


def values_of(
    given: Any,  # what a user passes: a value, or a list, array or tensor of them
    condition: Condition,
    n: int,
) -> np.ndarray:
    """The values of one condition, (n, *shape).

    Raises:
        UsageError: if they are of another shape or type, or no class of the condition.
    """
    what = f"the condition {condition.name!r}"
    values = _as_array(given)
    if condition.classes is not None and values.ndim <= 1:
        numbers = [_class_number(each, condition) for each in np.atleast_1d(values).tolist()]
        values = np.array(numbers, np.int32).reshape(values.shape)
    elif condition.classes is None and values.dtype.kind in "iuf":
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
        if not np.isfinite(values).all():
            raise UsageError(f"{what} has values that are not finite, or beyond float32")
    else:
        raise UsageError(f"{what} takes {allowed(condition)}; got {_shown(given)}")
    if values.shape == condition.shape:
        values = np.broadcast_to(values, (n, *condition.shape))
    if values.shape != (n, *condition.shape):
        raise UsageError(
            f"{what} needs one value for all examples, or one for each of the {n}; got values of "
            f"shape {values.shape}"
        )
    return np.ascontiguousarray(values)


def spread(
    given: Mapping[str, Any],  # what a user passes
    conditions: Sequence[Condition],
    n: int,
) -> dict[str, Any]:  # as given, with lists of length n
    """The conditions with each list of values repeated until there are n of them.

    Numbers may be texts, as on a command line.

    Args:
        given: by name, a value or a list of values.
        conditions: all that the data has.
        n: how many examples there are.

    Raises:
        UsageError: for a text that is no number where one is needed, or an empty list.
    """
    known = {each.name: each for each in conditions}
    found = dict(given)
    for name, value in given.items():
        condition = known.get(name)
        if condition is None:
            continue  # whoever checks the values says so
        if condition.classes is None:
            value = _numbers(value, condition)
        found[name] = value
        if isinstance(value, list | tuple) and _as_array(value).ndim == 1 + len(condition.shape):
            if not len(value):
                raise UsageError(f"the condition {name!r} has no value")
            found[name] = [value[i % len(value)] for i in range(n)]
    return found


def _numbers(
    value: Any,  # of the command line or of TOML
    condition: Condition,
) -> Any:  # numbers, in lists as they were
    if isinstance(value, list | tuple):
        return [_numbers(each, condition) for each in value]
    try:
        if isinstance(value, bool):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(
            f"the condition {condition.name!r} takes {allowed(condition)}; got {_shown(value)}"
        ) from None


def allowed(condition: Condition) -> str:
    """The values that a condition takes, in words."""
    if condition.classes is None:
        shape = f" of shape {condition.shape}" if condition.shape else ""
        return f"{condition.name}: numbers{shape}"
    numbers = f"{condition.name}: a class from 0 to {condition.classes - 1}"
    names = listed(condition.class_names, most=12)
    return f"{numbers} ({names})" if condition.class_names else numbers


def _class_number(
    value: Any,  # of a list that numpy made
    condition: Condition,
) -> int:
    names = {name: number for number, name in enumerate(condition.class_names)}
    if isinstance(value, str):
        if value in names:
            return names[value]
        digits = value.strip()
        value = int(digits) if digits.isdecimal() and len(digits) <= MOST_DIGITS else value
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and 0 <= value < (condition.classes or 0):
        return int(value)
    hint = did_you_mean(value, names) if isinstance(value, str) else ""
    raise UsageError(
        f"{_shown(value)} is no value of the condition {condition.name!r}; allowed is "
        f"{allowed(condition)}" + (f"; {hint}" if hint else "")
    )


def _as_array(
    given: Any,  # as above
) -> np.ndarray:
    if hasattr(given, "detach"):  # a PyTorch tensor
        given = given.detach().cpu()
    try:
        return np.asarray(given)
    except Exception:  # noqa: BLE001  # lists of different lengths, and tensors of any kind
        raise UsageError(f"conditions are values, or arrays of them; got {_shown(given)}") from None


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
