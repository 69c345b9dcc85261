"""Networks that stay in memory for the next extractor of the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

MOST_KEPT = 2
"""The number of networks to keep; each needs tens of megabytes."""

_kept: dict[str, keras.Model] = {}


def kept_network(identity: str, build: Callable[[], keras.Model]) -> keras.Model:
    """The network of this identity, built and compiled at most once in a process.

    Evaluations of many runs in one process share it. It survives `keras.utils.clear_session`, since
    it holds its own compiled function; its weights never change.

    Args:
        identity: a hash of the weights and of everything else that determines the outputs.
        build: builds the network, if it is not kept.
    """
    model = _kept.pop(identity, None)
    if model is None:
        model = build()
    _kept[identity] = model  # the latest comes last
    while len(_kept) > MOST_KEPT:
        del _kept[next(iter(_kept))]
    return model
