"""The run that another run took its first weights from."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import JsonObject

KEY = "weights_from"
"""The key of lock.json."""


@attrs.frozen(kw_only=True)
class StartingWeights:
    """Where the first weights of a run come from.

    Args:
        run: the name of the other run, `<model>/<id>` or a path.
        digest: of the final weights of that run.
        taken: how many of the weights fit and were taken.
        of: how many weights the model has.
    """

    run: str
    digest: str
    taken: int
    of: int

    def __str__(self) -> str:
        return f"{self.run} ({self.taken} of {self.of} weights, digest {self.digest[:12]})"


def starting_weights(lock: JsonObject, file: Path) -> StartingWeights | None:
    """The starting weights that a run lock names; None if the run began with random weights.

    Args:
        lock: the content of lock.json.
        file: that file, for messages.

    Raises:
        RunError: if the lock names them in another form.
    """
    named = lock.get(KEY)
    if named is None:
        return None
    try:
        return StartingWeights(
            run=str(named["run"]),
            digest=str(named["digest"]),
            taken=int(named["taken"]),
            of=int(named["of"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{file}: {KEY} is not a table with run, digest, taken and of: {named!r}"
        ) from error
