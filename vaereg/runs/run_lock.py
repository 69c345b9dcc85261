"""The run lock, lock.json: the components, versions and machine of a run."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

import vaereg
from vaereg.contracts.conditions import Condition
from vaereg.contracts.data import Data, DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.discovery.entry_points import version_of
from vaereg.discovery.records import PluginRecord
from vaereg.discovery.source import source_of
from vaereg.errors import RunError
from vaereg.runs.atomic import Json, JsonObject
from vaereg.runs.held_extractors import HeldExtractor

FORM = 2
"""Increases when a key of lock.json changes its meaning. Since 2, splits have their own draws."""

BACKENDS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "jax": ("jax",),
    "torch": ("torch",),
}
"""The distributions that may provide each backend."""


def make_lock(
    declaration: Declaration,
    records: Sequence[PluginRecord],
    *,
    backend: str,
    devices: Sequence[str],
    data: Data,
    environment: Mapping[str, str],
    held: Sequence[HeldExtractor] = (),
) -> JsonObject:
    """The content of lock.json for a new run. Never imports keras.

    Args:
        declaration: the model and how it is trained.
        records: the installed plugins.
        backend: the Keras backend in use.
        devices: the names of the devices it computes on.
        data: the data it is trained on.
        environment: the environment variables on which results depend.
        held: the feature extractors that parts of the model hold.
    """
    lock: JsonObject = {
        "form": FORM,
        "vaereg": vaereg.__version__,
        "python": platform.python_version(),
        "keras": version_of("keras"),
        "backend": {"name": backend, "version": version_of(*BACKENDS.get(backend, (backend,)))},
        "platform": platform.platform(),
        "devices": list(devices),
        "environment": dict(environment),
        "model": declaration.model,
        "seed": declaration.train.seed,
        "dataset": {
            "name": declaration.data_name,
            "digest": data.digest,
            "examples": len(data.train),
            "spec": attrs.asdict(data.spec),
        },
        "components": locked_components(declaration, records),
    }
    if held:
        lock["held_extractors"] = [{"name": each.name, "digest": each.digest} for each in held]
    return lock


def has_earlier_splits(lock: Mapping[str, Json]) -> bool:
    """Whether the data of a run was divided as versions before form 2 did."""
    return int(lock.get("form", 1)) < 2


def locked_spec(lock: Mapping[str, Json]) -> tuple[DataSpec, int]:
    """The data spec of a run, and its number of training examples.

    Raises:
        RunError: if the lock does not hold them.
    """
    try:
        fields: JsonObject = _with_tuples(lock["dataset"]["spec"])
        # locks of earlier versions name no conditions
        given = tuple(Condition(**_with_tuples(each)) for each in fields.pop("given", ()))
        return DataSpec(**fields, given=given), int(lock["dataset"]["examples"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"the run's lock.json does not describe the data: {error!r}") from error


def _with_tuples(fields: JsonObject) -> JsonObject:
    return {key: tuple(each) if isinstance(each, list) else each for key, each in fields.items()}


def locked_components(
    declaration: Declaration, records: Sequence[PluginRecord]
) -> dict[str, dict[str, str]]:
    """By slot (`encoder`, `regularizers.mmd`, `decoder.inner`), the component and the hash of its
    source."""
    origins = {record.distribution: record.origin for record in records}
    return {address: _locked(slot, origins) for address, slot in declaration.every_slot()}


def _locked(slot: Slot, origins: dict[str, str]) -> dict[str, str]:
    factory = slot.offer.component.factory
    return {
        "component": slot.offer.full_name,
        "distribution": slot.offer.distribution,
        "version": slot.offer.version,
        "factory": factory,
        "sha256": source_hash(factory),
        "origin": origins.get(slot.offer.distribution, ""),
    }


def source_hash(factory: str) -> str:
    """The sha256 of the file that defines a factory; empty if the file is not found."""
    place = source_of(factory)
    if not place:
        return ""
    file = Path(place.rpartition(":")[0])
    return hashlib.sha256(file.read_bytes()).hexdigest()
