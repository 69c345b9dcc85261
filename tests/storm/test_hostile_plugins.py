"""A plugin that nothing uses changes no command, whatever it does; one that is used is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.storm.good_registries import SMALL
from tests.storm.hostile_plugins import BROKEN, USABLE, install, install_metadata
from tests.storm.test_mutated_registries import RAW

pytestmark = pytest.mark.slow


def vaereg(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, with the plugins of `folder`/plugins."""
    path = os.pathsep.join((str(folder / "plugins"), os.environ.get("PYTHONPATH", "")))
    return subprocess.run(
        [sys.executable, "-m", "vaereg", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry, and every hostile plugin installed in it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "plugins").mkdir()
    (folder / "registry.toml").write_text(SMALL, encoding="utf-8")
    install(folder / "plugins", {**BROKEN, **USABLE})
    install_metadata(folder / "plugins")
    return folder


def raw(done: subprocess.CompletedProcess[str]) -> list[str]:
    return RAW.findall(done.stdout + done.stderr)


def test_every_hostile_plugin_is_listed_as_what_it_is(hostile: Path) -> None:
    done = vaereg(hostile, "plugins", "--json")

    records = {each["distribution"]: each for each in json.loads(done.stdout)["plugins"]}
    assert done.returncode == 0
    assert records["vaereg"]["status"] == "ok"
    for name in BROKEN:
        record = records["bad-" + name.replace(" ", "-").lower()]
        assert record["status"] == "broken", record
        assert record["reason"] and len(record["reason"]) < 1200, record
    for name in USABLE:
        record = records["bad-" + name.replace(" ", "-").lower()]
        assert record["status"] == "ok", record
    assert not raw(done)
    for name, what in (("folder", "the current folder"), ("environment", "the environment (KERAS")):
        (note,) = records[f"bad-changes-the-{name}"]["notes"]
        assert f"loading it changes {what}" in note
    assert {"raw-version", "no-version", "no-metadata", "no-entry", "raw-value"} <= {*records}


@pytest.mark.parametrize(
    "words", [("check",), ("components",), ("plugins",), ("schema",), ("describe", "prior/vamp")]
)
def test_plugins_that_nothing_uses_change_no_command(hostile: Path, words: tuple[str, ...]) -> None:
    done = vaereg(hostile, *words, "--color", "never")

    assert done.returncode == 0, done.stderr[-2000:]
    assert not raw(done)
    assert "Traceback" not in done.stderr
    if words != ("schema",):
        assert max(map(len, (done.stdout + done.stderr).splitlines())) < 3000


@pytest.mark.parametrize(
    "name",
    [
        "an-absurd-default",
        "a-default-that-cannot-be-shown",
        "a-type-that-does-not-exist",
        "parameters-that-raise",
    ],
)
def test_a_component_whose_parameters_are_absurd_is_named_where_it_is_used(
    hostile: Path, name: str
) -> None:
    use = f'[models.m.regularizers.r]\nuse = "bad-{name}/quiet"\n'
    (hostile / f"{name}.toml").write_text(SMALL + use, encoding="utf-8")

    for words in (("check", "-f", f"{name}.toml"), ("describe", f"regularizer/bad-{name}/quiet")):
        done = vaereg(hostile, *words, "--color", "never")

        assert done.returncode == 3, done.stderr
        assert f"bad-{name}" in done.stderr.replace("_", "-").partition("\nerror")[2]
        assert "Traceback" not in done.stderr
