"""The settings that differ between two declarations, and those that may change during training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from vaereg.contracts.plain_values import TomlTable, TomlValue
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.shapes.schedules import MEASURED
from vaereg.declaration.text.tree import dotted
from vaereg.declaration.write import declaration_toml
from vaereg.errors import UsageError
from vaereg.runs.run_declaration import Change, read_values

KeyPath = tuple[str, ...]

ALLOWED = (
    "train.epochs",
    "train.optimizer.learning_rate",
    "train.optimizers.NAME.learning_rate",
    "train.early_stopping",
    "train.checkpoint",
    "train.evaluate",
    "train.samples_every",
    "kl.weight",
    "the weights of regularizers and discriminators, and learning rates of discriminators",
)
"""What may change while a run is trained, in words."""

_TABLES_OF_TRAIN = {"early_stopping", "checkpoint", "evaluate", "samples_every", "epochs"}
_WHOLE_VALUES = {"weight", "learning_rate"}
"""Keys whose tables are values: schedules, adaptive weights."""


def changed_settings(before: Declaration, after: Declaration) -> tuple[Change, ...]:
    """What changes from one declaration of a run to another.

    Raises:
        UsageError: naming every key that cannot change while a run is trained.
    """
    then, now = _values(before), _values(after)
    inherited = then["train"]["optimizer"]
    found = list(_differing(then, now))
    _refuse(each for each in found if not _may_change(*each, inherited))
    return tuple(Change(key=dotted(path), before=old, after=new) for path, old, new in found)


def check_used(before: TomlTable, after: TomlTable, declaration: Declaration) -> None:
    """Refuses changes of a run's document that its model does not use.

    Args:
        before, after: the values of the document.
        declaration: the declaration of the run.

    Raises:
        UsageError: naming every such key, such as `folder` or one of another model.
    """
    used = (("train",), ("models", declaration.model), ("data", declaration.data_name))
    _refuse(
        each
        for each in _differing(before, after)
        if not any(each[0][: len(root)] == root for root in used)
    )


def changes_the_loss(change: Change) -> bool:
    """Whether the loss has another meaning after a change, so that its values cannot be compared
    with earlier ones."""
    return change.key.endswith(".weight")


def leaves_the_method(key: str) -> bool:
    """Whether a run in which this key changed is as if it had been declared so from the start."""
    return key.startswith(("train.epochs", "train.samples_every", "train.checkpoint.every_"))


def _refuse(found: Iterable[tuple[KeyPath, TomlValue, TomlValue]]) -> None:
    refused = [str(Change(key=dotted(path), before=old, after=new)) for path, old, new in found]
    if refused:
        raise UsageError(
            "these settings cannot change while a run is trained:\n  "
            + "\n  ".join(refused)
            + "\nTrain a new run for them. In a run may change: "
            + ", ".join(ALLOWED)
            + "."
        )


def _values(declaration: Declaration) -> TomlTable:
    values = read_values(declaration_toml(declaration))
    values.pop("folder")
    return values


def _differing(
    before: Mapping[str, TomlValue], after: Mapping[str, TomlValue], path: KeyPath = ()
) -> Iterator[tuple[KeyPath, TomlValue, TomlValue]]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        inner = (*path, key)
        if isinstance(old, dict) and isinstance(new, dict) and key not in _WHOLE_VALUES:
            yield from _differing(old, new, inner)
        elif old != new:
            yield inner, old, new


def _may_change(path: KeyPath, old: TomlValue, new: TomlValue, inherited: TomlTable) -> bool:
    """Whether a value may change; a discriminator without an optimizer has the inherited one."""
    match path:
        case ("train", first, *_) if first in _TABLES_OF_TRAIN:
            return True
        case ("train", "optimizer", "learning_rate"):
            return True
        case ("train", "optimizers", _, "learning_rate"):
            return True
        case ("models", _, "kl", "weight"):
            return True
        case ("models", _, "regularizers" | "discriminators", _, "weight"):
            # a measured weight is logged, and a balanced one has averages in the checkpoint
            return _how_measured(old) == _how_measured(new)
        case ("models", _, "discriminators", _, "optimizer", "learning_rate"):
            return True
        case ("models", _, "discriminators", _, "optimizer"):
            return _without_rate(old or inherited) == _without_rate(new or inherited)
    return False


def _without_rate(optimizer: TomlTable) -> TomlTable:
    return {key: value for key, value in optimizer.items() if key != "learning_rate"}


def _how_measured(weight: TomlValue) -> str:
    """The key of a weight that is measured from gradients; empty for any other."""
    keys = weight if isinstance(weight, dict) else {}
    return next((key for key in MEASURED if key in keys), "")
