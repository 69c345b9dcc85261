"""A plugin from a wheel that pip installs is found and used without further set-up."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.fake_distributions import simple_plugin, wheel


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="pip is not installed")
def test_a_plugin_installed_from_a_wheel_is_found_and_used(tmp_path: Path) -> None:
    source, built, target = (tmp_path / name for name in ("source", "built", "target"))
    built.mkdir()
    simple_plugin(source, "vaereg-plugin-wheel", ("prior", "from_a_wheel"))
    packed = wheel(source, built, "vaereg-plugin-wheel")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]

    subprocess.run([*pip, "--target", target, packed], check=True, capture_output=True)

    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run(
        [sys.executable, "-m", "vaereg.cli", "components", "--kind", "prior", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    offered = {each["full_name"]: each for each in json.loads(done.stdout)["components"]}
    assert offered["vaereg-plugin-wheel/from_a_wheel"]["version"] == "1.0"
    code = (
        "from vaereg.discovery.discover import discover\n"
        "from vaereg.discovery.factory import load_factory\n"
        "offer = discover().find('prior', 'from_a_wheel')\n"
        "part = load_factory(offer)(offer.component.params(), None)\n"
        "print(part.params.alpha)\n"
    )
    used = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert used.stdout.strip() == "1.0"
