"""The form of lock.json, against which its content is checked when it is read."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from vaereg.contracts.data import DataSpec
from vaereg.contracts.plain_values import JsonValue
from vaereg.runs.json_form import misfit


class LockedComponent(TypedDict):
    """A component that a run was made with."""

    component: str
    distribution: str
    version: str
    factory: str
    sha256: str
    origin: str


class LockedBackend(TypedDict):
    """The Keras backend of a run."""

    name: str
    version: str


class LockedDataset(TypedDict):
    """The data of a run."""

    name: str
    digest: str
    examples: int
    spec: DataSpec


class LockedExtractor(TypedDict):
    """A feature extractor that a model held in its training."""

    name: str
    digest: str


class LockedStart(TypedDict):
    """The run that a run took its first weights from."""

    run: str
    digest: str
    taken: int
    of: int


class LockContent(TypedDict):
    """The content of lock.json; `make_lock` writes it."""

    form: NotRequired[int]
    vaereg: str
    python: str
    keras: str
    backend: LockedBackend
    platform: str
    devices: list[str]
    model: str
    seed: int
    dataset: LockedDataset
    components: dict[str, LockedComponent]
    environment: NotRequired[dict[str, str]]
    held_extractors: NotRequired[list[LockedExtractor]]
    weights_from: NotRequired[LockedStart]


def misfit_of_lock(content: JsonValue) -> str:
    """What is wrong with the content of a lock.json, in words; empty if nothing is."""
    if found := misfit(content, LockContent):
        return found
    spec = content["dataset"]["spec"]
    form, shape = spec.get("form", "image"), spec.get("shape", [])
    if form not in ("image", "vector", "sequence"):
        return f"dataset.spec.form is {form!r}, not image, vector or sequence"
    if not shape or min(shape) < 1:
        return f"dataset.spec.shape is {shape}, not the shape of an example"
    if content["dataset"]["examples"] < 1:
        return f"dataset.examples is {content['dataset']['examples']}, not a number of examples"
    return ""
