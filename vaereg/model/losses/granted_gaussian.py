"""Tells a prior that takes a diagonal Gaussian for granted from one with a bug."""

from __future__ import annotations

from collections.abc import Callable
from dis import opmap
from types import CodeType, TracebackType

from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.contracts.tensor import Tensor

OF_ARITHMETIC = (TypeError, ValueError, AttributeError, RuntimeError)
"""What the backends raise for arithmetic with None."""

RAISE = opmap["RAISE_VARARGS"]
"""The instruction of a statement `raise`."""

LIBRARIES = ("keras", "tensorflow", "jax", "jaxlib", "torch", "numpy")

Place = tuple[tuple[CodeType, int], ...]
"""The lines that a traceback passes outside these libraries, without the first."""


def takes_a_gaussian_for_granted(
    closed_form: Callable[[Latent], Tensor], latent: Latent, fault: Exception
) -> bool:
    """Whether a prior's `kl` failed only because it uses a `log_var` that is None.

    Priors written before `kl` was asked of every posterior do so. It is the case if the same line
    fails for any other `log_var` that is no tensor, and if none fails for a Gaussian. A bug in what
    `kl` does where `log_var` is None fails in another line, and any other bug for a Gaussian too.

    Args:
        closed_form: the method `kl`.
        latent: for which it failed, with `log_var` None.
        fault: what it raised.
    """
    if not isinstance(fault, OF_ARITHMETIC):
        return False
    try:
        closed_form(latent._replace(log_var=object()))
    except OF_ARITHMETIC as other:
        if _place_of(other) != _place_of(fault):
            return False
    else:
        return False
    try:
        closed_form(latent._replace(log_var=ops.zeros_like(latent.mode)))
    except Exception:  # noqa: BLE001  # whatever it raises, it fails for a Gaussian too
        return False
    return True


def is_raised_by_a_component(fault: BaseException) -> bool:
    """Whether a statement `raise` of a component's own code raised it.

    Not a backend, Keras or numpy; Keras leaves its own lines out of a traceback.
    """
    step = fault.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None or _is_of_a_library(step):
        return False
    return step.tb_frame.f_code.co_code[step.tb_lasti] == RAISE


def _place_of(fault: Exception) -> Place:
    first = fault.__traceback__
    step = None if first is None else first.tb_next
    lines = []
    while step is not None and not _is_of_a_library(step):
        lines.append((step.tb_frame.f_code, step.tb_lineno))
        step = step.tb_next
    return tuple(lines)


def _is_of_a_library(step: TracebackType) -> bool:
    name = str(step.tb_frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] in LIBRARIES
