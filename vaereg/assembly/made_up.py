"""Examples made up to try parts on before any data is read."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from vaereg.contracts.data import DataSpec


def made_up(data: DataSpec, count: int) -> Any:
    """`count` examples (count, *data) within the data's range, the same ones at every call."""
    low, high = data.value_range or (-1.0, 1.0)
    values = np.random.default_rng(0).uniform(low, high, (count, *data.shape))
    return ops.convert_to_tensor(values.astype("float32"))
