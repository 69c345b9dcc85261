"""Where a run stores the state of a fitted sampler."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from vaereg.contracts.slot import Slot, values_of
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.names_in_slots import name_in_slot
from vaereg.declaration.write import settings_table
from vaereg.runs.layout import RunFolder
from vaereg.trained.load_weights import FINAL


def sampler_path(folder: RunFolder, slot: Slot, weights: str = FINAL, variant: str = "") -> Path:
    """The path under which a run stores the state of a fitted sampler.

    Args:
        folder: the run.
        slot: the slot of the sampler.
        weights: the weights of the model that it was fitted on.
        variant: tells apart states of one sampler with several parameters.
    """
    name = re.sub(r"[^\w.-]", "--", name_in_slot(slot)) + (f"-{variant}" if variant else "")
    return folder.samplers / f"{name}{'' if weights == FINAL else '-' + weights}.h5"


def path_of_state(
    folder: RunFolder,
    declaration: Declaration,
    slot: Slot,
    weights: str,
    params: Mapping[str, object],
) -> Path:
    """The path of a state; the declared parameters, or else the defaults, need no variant."""
    declared = declaration.sampler
    usual = declared if declared.offer == slot.offer else None
    if usual is None:
        required = [f for f in attrs.fields(type(slot.params)) if f.default is attrs.NOTHING]
        if not required:
            usual = attrs.evolve(slot, params=type(slot.params)(), train=None)
    if usual is not None and usual.train == slot.train:
        known = values_of(usual.params)
        if all(known[name] == value for name, value in params.items()):
            return sampler_path(folder, slot, weights)
    train = None if slot.train is None else settings_table(slot.train)
    text = repr((params, train))
    return sampler_path(folder, slot, weights, hashlib.sha256(text.encode()).hexdigest()[:8])
