"""Whether an evaluation still describes its run, whose weights may have been trained further."""

from __future__ import annotations

from collections.abc import Callable

from vaereg.evaluation.evaluation import Evaluation
from vaereg.runs.read import Run
from vaereg.trained.load_weights import digest_of_final


def why_outdated(
    run: Run, evaluation: Evaluation, *, warn: Callable[[str], None], ignore_lock: bool = False
) -> str:
    """Why an evaluation does not describe a finished run as it is now; empty if it does.

    If the weights are lost, the evaluation is all that is left of them, so it is used; this is
    told.

    Args:
        run: the run.
        evaluation: as read from its folder.
        warn: is told that the weights are missing or damaged.
        ignore_lock: accept an evaluation with other data than the run was trained on.
    """
    its = f"the evaluation of {run.folder}"
    if evaluation.epochs != run.status.epochs:
        return f"{its} was made after {evaluation.epochs} of its {run.status.epochs} epochs"
    locked = run.lock.get("dataset", {}).get("digest")
    if evaluation.evaluated_on.digest != locked and not ignore_lock:
        return f"{its} was made with other data than the run was trained on"
    digest = digest_of_final(run)
    if not digest:
        warn(
            f"{run.folder.weights} is missing or damaged, so it cannot be checked that {its} was "
            "made from these weights"
        )
    elif digest != evaluation.weights_digest:
        return f"{its} was made from other weights than {run.folder.weights}"
    return ""
