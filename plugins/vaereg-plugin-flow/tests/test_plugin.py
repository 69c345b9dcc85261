"""The plugin as vaereg finds it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata


def test_importing_it_and_asking_for_its_components_imports_nothing_heavy():
    code = (
        "import sys; from vaereg_plugin_flow.plugin import vaereg_components; "
        "vaereg_components(); "
        "print([m for m in ('keras', 'numpy', 'tensorflow', 'jax', 'torch') if m in sys.modules])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "[]"


def test_the_distribution_declares_the_entry_point():
    (entry,) = metadata.entry_points(group="vaereg", name="flow")

    assert entry.value == "vaereg_plugin_flow.plugin"
    assert entry.dist is not None
    assert entry.dist.name == "vaereg-plugin-flow"
