"""The outcome of a law that cannot be checked or decided."""

from __future__ import annotations

import unittest


class NotHere(unittest.SkipTest):
    """A law cannot be checked on this machine, for example because a file of weights is missing.

    pytest and unittest report the test as skipped, with this message as the reason.
    """
