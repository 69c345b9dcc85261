"""A factory that names nothing is found without an import, and never reported in doubt."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.fake_distributions import fake_distribution, simple_plugin
from vaereg.discovery.discover import discover
from vaereg.discovery.missing_factory import missing_factory, where_declared


def with_module(folder: Path, source: str, init: str = "") -> None:
    fake_distribution(folder, "vaereg-plugin-m", modules={"vaereg_plugin_m.parts": source})
    (folder / "vaereg_plugin_m" / "__init__.py").write_text(init)


DEFINES = {
    "a class": "class Flow:\n    pass",
    "a function": "def Flow(params, context): ...",
    "a coroutine, which fails later": "async def Flow(): ...",
    "an assignment": "Flow = object",
    "an annotated assignment": "Flow: type = object",
    "one of several": "Other, Flow = object, object",
    "an import": "from keras.layers import Dense as Flow",
    "a module": "import keras as Flow",
    "everything of another module": "from keras.layers import *",
    "a condition": "if True:\n    class Flow: ...\nelse:\n    Flow = None",
    "an attempt": "try:\n    from keras import Flow\nexcept ImportError:\n    Flow = None",
    "a loop": "for Flow in [object]:\n    pass",
    "a walrus": "print(Flow := object)",
    "globals": "globals()['Fl' + 'ow'] = object",
    "setattr": "import sys\nsetattr(sys.modules[__name__], 'Fl' + 'ow', object)",
    "a module's __getattr__": "def __getattr__(name): ...",
    "exec": "exec('Fl' + 'ow = object')",
    "a global of a function": "def make():\n    global Flow\n    Flow = object\nmake()",
    "no Python": "class Flow",
}


@pytest.mark.parametrize("case", DEFINES)
def test_a_name_that_exists_or_may_exist_is_not_missing(case: str, folder: Path) -> None:
    with_module(folder, "raise RuntimeError('imported')\n" + DEFINES[case])

    assert missing_factory("vaereg_plugin_m.parts:Flow") is None
    assert "vaereg_plugin_m" not in sys.modules


MISSING = {
    "a misspelt class": ("parts:Flov", 'parts.py does not define `Flov`; did you mean "Flow"?'),
    "nothing like it": ("parts:Zzz", "parts.py does not define `Zzz`; "),
    "what only the docstring names": ("parts:Prior", "parts.py does not define `Prior`; "),
    "a module": ("gone:Flow", "there is no module `vaereg_plugin_m.gone`; "),
    "a package": ("gone.parts:Flow", "there is no module `vaereg_plugin_m.gone.parts`; "),
    "a module of a module": ("parts.inner:Flow", "there is no module `vaereg_plugin_m.parts.in"),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_name_that_does_not_exist_is_reported_with_its_file(case: str, folder: Path) -> None:
    with_module(folder, '"""The Prior."""\n\nclass Flow:\n    pass\n')
    factory, message = MISSING[case]

    found = missing_factory(f"vaereg_plugin_m.{factory}")

    assert found is not None
    assert message in f"{found.what}; {found.hint}"


def test_a_top_level_package_that_does_not_exist_is_reported(folder: Path) -> None:
    found = missing_factory("vaereg_not_there.parts:Flow")

    assert found is not None
    assert found.what == "there is no module `vaereg_not_there.parts`"


@pytest.mark.parametrize(
    "init",
    [
        "__path__.append('/elsewhere')",
        "import sys\nsys.modules[__name__ + '.gone'] = sys",
        "import sys\nsys.meta_path.insert(0, object())",
    ],
)
def test_nothing_is_missing_from_a_package_that_creates_modules_when_it_runs(
    init: str, folder: Path
) -> None:
    with_module(folder, "", init)

    assert missing_factory("vaereg_plugin_m.gone:Flow") is None


def test_compiled_modules_and_modules_already_imported_are_not_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_module(folder, "")
    (folder / "vaereg_plugin_m" / "compiled.pyc").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "vaereg_plugin_m.made_up", sys)

    assert missing_factory("vaereg_plugin_m.compiled:Flow") is None
    assert missing_factory("vaereg_plugin_m.made_up:Flow") is None


def test_the_factories_of_the_built_in_components_exist() -> None:
    offers = discover(no_plugins=True).offers()

    assert offers
    assert [each for each in offers if missing_factory(each.component.factory)] == []


def test_the_line_that_declares_a_factory_is_found(folder: Path) -> None:
    simple_plugin(folder, "vaereg-plugin-a", ("prior", "flow"))
    (folder / "vaereg_plugin_a" / "plugin.py").write_text(
        "import vaereg\n\n\n@vaereg.hookimpl\ndef vaereg_components():\n"
        '    return [vaereg.Component(kind="prior", name="flow",\n'
        '                             factory="vaereg_plugin_a.parts:Part")]\n'
    )
    from vaereg.discovery.entry_points import installed_entries

    installed_entries.cache_clear()
    catalog = discover()

    assert where_declared(catalog.find("prior", "flow"), catalog.records) == (
        "vaereg_plugin_a/plugin.py:7"
    )
