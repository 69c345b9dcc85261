"""The seed of every storm."""

from __future__ import annotations

import os

SEED = int(os.environ.get("VAEREG_STORM_SEED", "0"))
