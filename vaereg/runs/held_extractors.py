"""The feature extractors that a model held in its training, such as those of a perceptual loss."""

from __future__ import annotations

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import read_json
from vaereg.runs.layout import RunFolder


@attrs.frozen
class HeldExtractor:
    """A feature extractor whose features took part in a training.

    Args:
        name: the name of the component, such as "efficientnet_lite0" or "vaereg/classifier".
        digest: the identity of its weights and preprocessing.
    """

    name: str
    digest: str


def held_extractors(run: RunFolder) -> tuple[HeldExtractor, ...]:
    """The held extractors of a run, as its lock.json lists them.

    Raises:
        RunError: if lock.json cannot be read, or lists them in another form.
    """
    lock = read_json(run.lock)
    listed = lock.get("held_extractors", []) if isinstance(lock, dict) else []
    try:
        return tuple(HeldExtractor(str(each["name"]), str(each["digest"])) for each in listed)
    except (KeyError, TypeError) as error:
        raise RunError(
            f"{run.lock}: held_extractors is not a list of tables with name and digest: {listed!r}"
        ) from error
