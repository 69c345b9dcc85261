"""Run folders for tests of targets and pairings."""

import json

import pytest

from tests.helpers.made_lock import COMPONENT, made_lock
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import Status, write_status


@pytest.fixture
def root(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def make(root):
    """Makes run folders whose names sort in the order in which they were made."""
    count = 0

    def made(model, seed, state="finished", latent=16, sampler="vaereg/prior", reason="", **lock):
        nonlocal count
        count += 1
        folder = RunFolder(root / model / f"20260101-00000{count}-aaaa")
        folder.path.mkdir(parents=True)
        folder.declaration.write_text(
            f'default = "{model}"\nfolder = "/somewhere/{count}"\n[models.{model}]\n'
            f"latent = {latent}\n[train]\nseed = {seed}\nepochs = 30\n"
        )
        components = {"sampler": {**COMPONENT, "component": sampler}}
        locked = made_lock(model=model, seed=seed, components=components, **lock)
        folder.lock.write_text(json.dumps(locked))
        write_status(folder, Status(state=state, epochs=7, of=30, reason=reason))
        return folder

    return made
