"""What the watched loss counts, where that is not what is paid."""

from __future__ import annotations

from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.wording import listed

LOSSES = ("loss", "val_loss")


def watched_loss(declaration: Declaration) -> str:
    """A sentence about the loss that `best` and early stopping watch; empty if it is what is paid.

    The losses of critics, and of terms whose weight is measured, cannot be compared between epochs.
    So the loss counts what they replace, and not these terms themselves.
    """
    settings = declaration.train
    watching = []
    if settings.checkpoint.monitor in LOSSES:
        watching.append("chooses the best epoch")
    if settings.early_stopping is not None and settings.early_stopping.monitor in LOSSES:
        watching.append("stops the training")
    terms = (*declaration.regularizers, *declaration.discriminators)
    left_out = [slot for slot in terms if not is_comparable(slot)]
    counted = {name: slot for slot in left_out for name in sorted(slot.offer.component.replaces)}
    if not watching or not (counted or any(slot.kind == "regularizer" for slot in left_out)):
        return ""
    replaced = [
        f"{name}, which {slot.kind} {slot.key!r} replaces," for name, slot in counted.items()
    ]
    keys = listed(repr(slot.key) for slot in left_out)
    return (
        f"the loss that {' and '.join(watching)} "
        + (f"counts {' and '.join(replaced)} and " if replaced else "")
        + f"does not count {keys}: values of a critic, or with a weight that is measured, cannot "
        "be compared between epochs"
    )


def is_comparable(slot: Slot) -> bool:
    """Whether the weighted loss of a term can be compared between epochs."""
    return slot.kind == "regularizer" and isinstance(slot.weight, Schedule)
