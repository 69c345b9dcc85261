"""A plugin module whose import computes for a fifth of a second."""

import time

while time.process_time() < 60.0:
    TICKS = sum(range(10_000))
    START = globals().setdefault("START", time.process_time())
    if time.process_time() - START > 0.2:
        break
