"""A factory that cannot be imported gives an error with distribution, factory and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.fake_distributions import fake_distribution
from vaereg.component import Component, Offer
from vaereg.discovery.factory import load_factory
from vaereg.errors import PluginError

PARTS = "class Flow:\n    pass\n\nNUMBER = 3\n"
MODULES = {
    "vaereg_plugin_f.parts": PARTS,
    "vaereg_plugin_f.needs": "import not_there_at_all\n",
    "vaereg_plugin_f.raises": "\n\n1 / 0\n",
}


def offer_of(factory: str) -> Offer:
    """An offer with this factory."""
    component = Component(kind="prior", name="flow", factory=factory)
    return Offer(component=component, distribution="vaereg-plugin-f", version="1.0")


def test_load_factory_imports_the_factory(folder: Path) -> None:
    fake_distribution(folder, "vaereg-plugin-f", modules=MODULES, entry_points={})

    factory = load_factory(offer_of("vaereg_plugin_f.parts:Flow"))

    assert factory.__name__ == "Flow"


@pytest.mark.parametrize(
    ("factory", "expected"),
    [
        ("vaereg_plugin_f.gone:Flow", "does not contain this module"),
        ("vaereg_plugin_f.needs:Flow", "vaereg_plugin_f/needs.py:1"),
        ("vaereg_plugin_f.needs:Flow", "install `not_there_at_all`, which vaereg-plugin-f needs"),
        ("vaereg_plugin_f.raises:Flow", "ZeroDivisionError: division by zero at vaereg_plugin_f/r"),
        ("vaereg_plugin_f.parts:Flov", 'did you mean "Flow"?'),
        ("vaereg_plugin_f.parts:NUMBER", "is a int and cannot be called"),
    ],
)
def test_the_error_for_an_unusable_factory_names_component_and_plugin(
    factory: str, expected: str, folder: Path
) -> None:
    fake_distribution(folder, "vaereg-plugin-f", modules=MODULES, entry_points={})

    with pytest.raises(PluginError) as caught:
        load_factory(offer_of(factory))

    message = str(caught.value)
    assert 'prior "flow" (vaereg-plugin-f 1.0)' in message
    assert factory in message
    assert expected in message
