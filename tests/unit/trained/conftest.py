"""One run of a tiny model, trained once for the tests of a module."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from pathlib import Path

import pytest

import vaereg
from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.discovery.discover import discover
from vaereg.host.devices import choose_backend
from vaereg.host.progress import Progress
from vaereg.training.launch import start


def train_tiny(folder: Path, *overrides: str, **arrays) -> Path:
    """Trains the tiny model for an epoch; returns its run folder."""
    declaration = declare(
        write_project(folder, **arrays),
        None,
        ("train.epochs=1", "train.samples_every=0", *overrides),
    )
    backend = choose_backend()
    start(declaration, discover(None).records, folder / "runs", backend, Progress(quiet=True))
    return max((folder / "runs" / "tiny").iterdir())


@pytest.fixture(scope="module")
def tiny_run(tmp_path_factory) -> Path:
    return train_tiny(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def model(tiny_run) -> vaereg.TrainedModel:
    with redirect_stderr(io.StringIO()):
        return vaereg.load(tiny_run)
