"""lock.json: the components, versions and machine that a run was made with."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

import vaereg
from vaereg.contracts.data import Data, DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.discovery.entry_points import version_of
from vaereg.discovery.records import PluginRecord
from vaereg.discovery.source import source_of
from vaereg.errors import RunError
from vaereg.runs.atomic import Json, JsonObject

FORM = 1
"""Grows when a key of the lock changes its meaning."""

BACKENDS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "jax": ("jax",),
    "torch": ("torch",),
}
"""The distributions that may bring each backend."""


def make_lock(
    declaration: Declaration,
    records: Sequence[PluginRecord],
    *,
    backend: str,
    devices: Sequence[str],
    data: Data,
) -> JsonObject:
    """What a run is made with, as the content of lock.json. Never imports keras.

    Args:
        declaration: what is trained.
        records: the installed plugins.
        backend: the Keras backend in use.
        devices: what it computes on, in words.
        data: what is trained on.
    """
    return {
        "form": FORM,
        "vaereg": vaereg.__version__,
        "python": platform.python_version(),
        "keras": version_of("keras"),
        "backend": {"name": backend, "version": version_of(*BACKENDS.get(backend, (backend,)))},
        "platform": platform.platform(),
        "devices": list(devices),
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


def locked_spec(lock: Mapping[str, Json]) -> tuple[DataSpec, int]:
    """What the data of a run looked like, and how many training examples there were.

    Raises:
        RunError: if the lock does not say.
    """
    try:
        fields: JsonObject = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in lock["dataset"]["spec"].items()
        }
        return DataSpec(**fields), int(lock["dataset"]["examples"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"the run's lock.json does not say what the data was: {error!r}") from error


def locked_components(
    declaration: Declaration, records: Sequence[PluginRecord]
) -> dict[str, dict[str, str]]:
    """By slot (`encoder`, `regularizers.mmd`), who fills it and with what code."""
    origins = {record.distribution: record.origin for record in records}
    return {_slot(part): _locked(part, origins) for part in declaration.slots()}


def _slot(part: Slot) -> str:
    many = part.kind in {"regularizer", "discriminator"}
    return f"{part.kind}s.{part.key}" if many else part.kind


def _locked(part: Slot, origins: dict[str, str]) -> dict[str, str]:
    factory = part.offer.component.factory
    return {
        "component": part.offer.full_name,
        "distribution": part.offer.distribution,
        "version": part.offer.version,
        "factory": factory,
        "sha256": source_hash(factory),
        "origin": origins.get(part.offer.distribution, ""),
    }


def source_hash(factory: str) -> str:
    """The sha256 of the file that a factory is written in, or an empty string."""
    place = source_of(factory)
    if not place:
        return ""
    file = Path(place.rpartition(":")[0])
    return hashlib.sha256(file.read_bytes()).hexdigest()
