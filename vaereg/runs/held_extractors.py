"""The feature extractors that a model held in its training, such as those of a perceptual loss."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import JsonObject


@attrs.frozen
class HeldExtractor:
    """A feature extractor whose features took part in a training.

    Args:
        name: the name of the component, such as "efficientnet_lite0" or "vaereg/classifier".
        digest: the identity of its weights and preprocessing.
    """

    name: str
    digest: str


def held_extractors(lock: JsonObject, file: Path) -> tuple[HeldExtractor, ...]:
    """The held extractors of a run, as its run lock lists them.

    Args:
        lock: the content of lock.json.
        file: that file, for messages.

    Raises:
        RunError: if the lock lists them in another form.
    """
    listed = lock.get("held_extractors", [])
    try:
        return tuple(HeldExtractor(str(each["name"]), str(each["digest"])) for each in listed)
    except (KeyError, TypeError) as error:
        raise RunError(
            f"{file}: held_extractors is not a list of tables with name and digest: {listed!r}"
        ) from error
