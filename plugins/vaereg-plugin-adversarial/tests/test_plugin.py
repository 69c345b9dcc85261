"""The plugin as vaereg finds it."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module, metadata

import pytest
from vaereg_plugin_adversarial.plugin import vaereg_components


def test_importing_it_and_asking_for_its_components_imports_nothing_heavy():
    code = (
        "import sys; from vaereg_plugin_adversarial.plugin import vaereg_components; "
        "vaereg_components(); "
        "print([m for m in ('keras', 'numpy', 'tensorflow', 'jax', 'torch') if m in sys.modules])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "[]"


def test_the_distribution_declares_the_entry_point():
    (entry,) = metadata.entry_points(group="vaereg", name="adversarial")

    assert entry.value == "vaereg_plugin_adversarial.plugin"
    assert entry.dist is not None
    assert entry.dist.name == "vaereg-plugin-adversarial"


@pytest.mark.parametrize("component", vaereg_components(), ids=lambda c: c.name)
def test_every_factory_can_be_imported(component):
    module, _, attribute = component.factory.partition(":")

    assert callable(getattr(import_module(module), attribute))
