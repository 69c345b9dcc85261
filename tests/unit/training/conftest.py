"""Runs of a tiny model, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.tiny_run import write_project
from vaereg.assembly.load_data import load_data
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared
from vaereg.runs.checkpoints import Checkpoint
from vaereg.runs.layout import RunFolder, create_run
from vaereg.training.outcome import TrainingOutcome
from vaereg.training.trainer import train


class Project:
    """A declared model and its data; `train` builds it anew each time, as a process would."""

    def __init__(self, folder: Path, settings: str, overrides: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.declaration = declare(write_project(folder, settings), None, overrides)
        self.data = load_data(self.declaration)
        self.vae: Any = None

    def new_run(self) -> RunFolder:
        return create_run(self.folder / "runs", "tiny", {"declaration.toml": ""})

    def train(
        self,
        run: RunFolder,
        checkpoint: Checkpoint | None = None,
        declaration: Any = None,
        evaluator: Any = None,
    ) -> TrainingOutcome:
        declaration = declaration or self.declaration
        self.vae = build_declared(declaration, self.data)
        return train(
            self.vae, self.data, declaration, run, checkpoint=checkpoint, evaluator=evaluator
        )


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    def make(settings: str = "", *overrides: str) -> Project:
        return Project(tmp_path, settings, overrides)

    return make
