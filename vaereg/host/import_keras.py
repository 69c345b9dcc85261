"""Imports keras: shows progress while it takes seconds, and hides its output."""

from __future__ import annotations

import logging

from vaereg.host.devices import BackendChoice, devices
from vaereg.host.progress import Progress
from vaereg.host.suppress_stderr import suppressing_stderr


def import_keras(choice: BackendChoice, progress: Progress) -> tuple[str, ...]:
    """Imports keras with the chosen backend; shows and returns the devices."""
    progress.stage(f"importing keras ({choice.backend})", "imports")
    with suppressing_stderr():
        import keras  # noqa: F401  # the slow part, while the stage is shown

        found = devices()
    # Each function that uses a model is compiled once. TensorFlow mistakes these functions for one
    # that is compiled again and again, and its warning would interrupt the progress.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    progress.say(f"backend {choice.backend} ({choice.reason}) on {', '.join(found)}")
    return found
