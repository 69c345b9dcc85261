"""The import of keras: seconds long, so it is told, and what it prints on its own is not."""

from __future__ import annotations

import logging

from vaereg.host.devices import Choice, devices
from vaereg.host.muffle import muffled
from vaereg.host.progress import Progress


def import_keras(choice: Choice, progress: Progress) -> tuple[str, ...]:
    """Imports keras with the chosen backend; tells and returns the devices."""
    progress.stage(f"importing keras ({choice.backend})", "imports")
    with muffled():
        import keras  # noqa: F401  # the slow part, while the user reads why

        found = devices()
    # TensorFlow takes the few functions that use a model, each compiled once, for one that is
    # compiled again and again, and warns of it in the midst of the progress.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    progress.say(f"backend {choice.backend} ({choice.reason}) on {', '.join(found)}")
    return found
