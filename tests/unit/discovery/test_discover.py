"""Each plugin is loaded separately, and the report says exactly what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import (
    component,
    fake_distribution,
    plugin_source,
    record_of,
    simple_plugin,
)
from vaereg.component import API
from vaereg.contracts.plugin_policy import PluginPolicy
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import InstalledEntry


def plugin_with(folder: Path, source: str, name: str = "vaereg-plugin-x") -> None:
    """A distribution whose plugin module has this source."""
    package = name.replace("-", "_")
    fake_distribution(
        folder,
        name,
        modules={f"{package}.plugin": source},
        entry_points={"x": f"{package}.plugin"},
    )


def test_the_built_in_components_use_the_same_entry_points() -> None:
    record = record_of(discover(), "vaereg")

    assert (record.status, record.entry) == ("ok", "basics")


def test_an_installed_plugin_offers_its_components(folder: Path, found: Any) -> None:
    simple_plugin(folder, "Vaereg_Plugin.X", ("prior", "flow"))

    catalog = found()

    record = record_of(catalog, "vaereg-plugin-x")
    assert record.status == "ok"
    assert record.import_ms > 0
    assert catalog.find("prior", "flow").full_name == "vaereg-plugin-x/flow"


def test_records_are_sorted_by_distribution_and_entry(folder: Path, found: Any) -> None:
    for name in ("vaereg-plugin-b", "vaereg-plugin-a"):
        simple_plugin(folder, name, ("prior", "flow"))

    records = found().records

    assert [(each.distribution, each.entry) for each in records] == sorted(
        (each.distribution, each.entry) for each in records
    )


HOOK = "import vaereg\n@vaereg.hookimpl\ndef vaereg_components():\n    "
PART = "vaereg.Component(kind='prior', name='flow', factory='a:b')"
RUBBISH = {
    "a generator": (HOOK + f"yield {PART}", "is a generator (it uses `yield`); return a list"),
    "a generator expression": (
        HOOK + f"return ({PART} for _ in range(1))",
        "returns a generator; write [...] instead of (...)",
    ),
    "None": (HOOK + "pass", "must return a list of vaereg.Component; it returned None: is its"),
    "one component": (HOOK + f"return {PART}", "it returned one Component: write [...] around it"),
    "a dict": (HOOK + "return {}", "must return a list of vaereg.Component; it returned dict"),
    "a string in the list": (
        HOOK + f"return [{PART}, 'dense']",
        "item 1 must be a vaereg.Component; it is str 'dense'",
    ),
    "the class itself": (HOOK + "return [vaereg.Component]", "it is the class Component"),
    "an unknown kind": (
        HOOK + "return [vaereg.Component(kind='regulariser', name='a', factory='a:b')]",
        "unknown kind 'regulariser'; did you mean \"regularizer\"?",
    ),
    "params that are no attrs class": (
        HOOK + "return [vaereg.Component(kind='prior', name='a', factory='a:b', params=dict)]",
        "params must be an attrs class; got <class 'dict'>: decorate it with @attrs.frozen",
    ),
    "params that are an instance": (
        "import attrs\n@attrs.frozen\nclass P:\n    pass\n"
        + HOOK
        + "return [vaereg.Component(kind='prior', name='a', factory='a:b', params=P())]",
        "got P(): give the class, not an instance",
    ),
    "one name twice": (
        HOOK + f"return [{PART}, {PART}]",
        "item 1 (`flow`) offers the prior `flow`, which item 0 already offers",
    ),
    "a kind that is not a string": (
        HOOK + "return [vaereg.Component(kind=['prior'], name='a', factory='a:b')]",
        "has the unknown kind ['prior']",
    ),
    "a summary that is not a string": (
        HOOK + "return [vaereg.Component(kind='prior', name='a', factory='a:b', summary=None)]",
        "has a summary that is not a string: NoneType None",
    ),
    "an exception without text": (
        "class E(Exception):\n    def __str__(self):\n        raise E\nraise E\n",
        "E: (its message cannot be shown)",
    ),
    "an api that is not a number": (
        HOOK + "return [vaereg.Component(kind='prior', name='a', factory='a:b', api='2')]",
        "has api '2'; it must be an integer from 1",
    ),
    "a misspelt hook": (
        "import vaereg\n@vaereg.hookimpl\ndef vaereg_componets():\n    return []",
        '`vaereg_componets`, which does not exist; did you mean "vaereg_components"?',
    ),
    "a hook with arguments": (
        "import vaereg\n@vaereg.hookimpl\ndef vaereg_components(registry):\n    return []",
        "must take no arguments; it takes registry",
    ),
    "a wrapper": (
        "import vaereg\n@vaereg.hookimpl(wrapper=True)\ndef vaereg_components():\n    yield",
        "is declared as a wrapper",
    ),
}


@pytest.mark.parametrize("case", RUBBISH)
def test_the_error_for_rubbish_says_exactly_what_is_wrong(
    case: str, folder: Path, found: Any
) -> None:
    source, expected = RUBBISH[case]
    plugin_with(folder, source)
    simple_plugin(folder, "vaereg-plugin-y", ("prior", "other"))

    catalog = found()

    record = record_of(catalog, "vaereg-plugin-x")
    assert record.status == "broken"
    assert expected in record.reason
    assert "\n" not in record.reason
    assert catalog.find("prior", "other").distribution == "vaereg-plugin-y"


@pytest.mark.parametrize("case", [case for case in RUBBISH if "without text" not in case])
def test_the_error_for_rubbish_names_its_line(case: str, folder: Path, found: Any) -> None:
    plugin_with(folder, RUBBISH[case][0])

    assert record_of(found(), "vaereg-plugin-x").where.startswith("vaereg_plugin_x/plugin.py:")


@pytest.mark.parametrize(
    ("source", "reason", "line"),
    [
        ("import vaereg\nimport not_there_at_all\n", "No module named 'not_there_at_all'", 2),
        ("def broken(:\n", "SyntaxError: invalid syntax", 1),
        ("1 +\\\n 1\n1 / 0\n", "ZeroDivisionError: division by zero", 3),
        ("raise SystemExit(3)\n", "SystemExit: 3", 1),
        ("raise GeneratorExit('over')\n", "GeneratorExit: over", 1),  # no Exception either
        (HOOK + "raise KeyError('lost')", "KeyError: 'lost'", 4),
    ],
)
def test_only_the_plugin_that_raises_is_broken_and_its_line_is_named(
    source: str, reason: str, line: int, folder: Path, found: Any
) -> None:
    plugin_with(folder, source)

    catalog = found()

    record = record_of(catalog, "vaereg-plugin-x")
    assert record.status == "broken"
    assert reason in record.reason
    assert record.where == f"vaereg_plugin_x/plugin.py:{line}"
    assert "Traceback" in record.traceback
    assert record_of(catalog, "vaereg").status == "ok"


def test_an_interrupt_is_not_swallowed(folder: Path, found: Any) -> None:
    plugin_with(folder, "raise KeyboardInterrupt\n")

    with pytest.raises(KeyboardInterrupt):
        found()


def test_a_plugin_for_a_newer_api_is_incompatible(folder: Path, found: Any) -> None:
    simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"), more=f"api={API + 1}")

    record = record_of(found(), "vaereg-plugin-x")

    assert record.status == "incompatible"
    expected = (
        f"the prior `flow` requires component api {API + 1}, but this vaereg provides api {API}"
    )
    assert expected in record.reason
    assert "upgrade vaereg" in record.reason


def test_the_record_of_an_unmarked_hook_says_how_to_mark_it(folder: Path, found: Any) -> None:
    plugin_with(folder, "def vaereg_components():\n    return []\n")

    record = record_of(found(), "vaereg-plugin-x")

    assert record.status == "empty"
    assert "@vaereg.hookimpl" in record.reason


def test_two_entries_of_one_distribution_may_not_offer_one_name(folder: Path, found: Any) -> None:
    source = plugin_source(component("prior", "flow", package="p"))
    fake_distribution(
        folder,
        "vaereg-plugin-x",
        modules={"p.one": source, "p.two": source},
        entry_points={"one": "p.one", "two": "p.two"},
    )

    first, second = (e for e in found().records if e.distribution == "vaereg-plugin-x")

    assert (first.status, second.status) == ("ok", "broken")
    assert second.reason == "it offers the prior `flow`, which entry `one` already offers"


BLOCKS = {
    "blocked in the file": (
        PluginPolicy(block=("vaereg_plugin_x",)),
        {},
        "by `block` in [plugins]",
    ),
    "not allowed": (PluginPolicy(allow=("other",)), {}, "not listed in `allow` in [plugins]"),
    "no plugins at all": (PluginPolicy(), {"no_plugins": True}, "by the option no_plugins"),
    "left out by name": (
        PluginPolicy(allow=("vaereg-plugin-x",)),
        {"no_plugins": ("vaereg-plugin-x",)},
        "by the option no_plugins: vaereg-plugin-x",
    ),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_blocked_plugin_is_never_imported(
    case: str, folder: Path, found: Any, tmp_path: Path
) -> None:
    policy, options, reason = BLOCKS[case]
    plugin_with(folder, f"open({str(tmp_path / 'imported')!r}, 'w')\n")

    catalog = found(policy, **options)

    record = record_of(catalog, "vaereg-plugin-x")
    assert (record.status, record.reason) == ("blocked", reason)
    assert not (tmp_path / "imported").exists()
    assert record_of(catalog, "vaereg").status == "ok"


def test_the_environment_leaves_only_the_built_in_components(
    folder: Path, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"))
    monkeypatch.setenv("VAEREG_DISABLE_PLUGIN_AUTOLOAD", "1")

    catalog = found(PluginPolicy(allow=("vaereg-plugin-x",)))

    assert "VAEREG_DISABLE_PLUGIN_AUTOLOAD" in record_of(catalog, "vaereg-plugin-x").reason
    assert {each.status for each in catalog.records if each.distribution == "vaereg"} == {"ok"}


def test_a_name_to_leave_out_that_is_not_installed_is_a_warning(folder: Path, found: Any) -> None:
    simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"))

    (warning,) = found(no_plugins=("vaereg-x",)).warnings

    assert '`vaereg-x`, which is not installed; did you mean "vaereg-plugin-x"' in warning


def test_a_half_removed_distribution_is_a_broken_record(folder: Path, found: Any) -> None:
    info = simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"))
    (info / "METADATA").unlink()
    simple_plugin(folder, "vaereg-plugin-y", ("prior", "other"))

    catalog = found()

    record = record_of(catalog, "vaereg-plugin-x")
    assert record.status == "broken"
    assert "metadata is missing" in record.reason
    assert catalog.find("prior", "other")


def test_a_malformed_list_of_entry_points_hides_no_other_list(folder: Path, found: Any) -> None:
    info = simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"))
    (info / "entry_points.txt").write_text("[vaereg]\nno equals sign\n")
    simple_plugin(folder, "vaereg-plugin-y", ("prior", "other"))

    catalog = found()

    assert record_of(catalog, "vaereg-plugin-x").status == "broken"
    assert catalog.find("prior", "other")
    assert record_of(catalog, "vaereg").status == "ok"


def test_what_a_plugin_prints_does_not_reach_stdout(
    folder: Path, found: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin_with(folder, "print('hello')\n" + HOOK + "print('hello'); return []")

    found()

    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "hello\nhello\n")


MISDIRECTED = {
    "no package": ("gone_package.plugin", "there is no module `gone_package`;"),
    "no module": ("vaereg_plugin_x.plugn", "there is no module `vaereg_plugin_x.plugn`;"),
    "no attribute": (
        "vaereg_plugin_x.plugin:hookz",
        '`vaereg_plugin_x.plugin` has no `hookz` (did you mean "hooks"?);',
    ),
    "no attribute of an attribute": (
        "vaereg_plugin_x.plugin:hooks.mine",
        "`vaereg_plugin_x.plugin.hooks` has no `mine`;",
    ),
    "a relative module": (".plugin", "`.plugin` is not a module name;"),
    "no name at all": (":hooks", "`` is not a module name;"),
}


@pytest.mark.parametrize("case", MISDIRECTED)
def test_the_error_for_an_entry_point_that_names_nothing_gives_its_line_and_a_remedy(
    case: str, folder: Path, found: Any
) -> None:
    value, missing = MISDIRECTED[case]
    fake_distribution(
        folder,
        "vaereg-plugin-x",
        modules={"vaereg_plugin_x.plugin": "hooks = object()\n"},
        entry_points={"first": "vaereg_plugin_x.plugin:hooks", "x": value},
    )

    (record,) = (each for each in found().records if each.entry == "x")

    assert record.status == "broken"
    assert f'its entry point x = "{value}" points to nothing: {missing}' in record.reason
    assert "correct [project.entry-points.vaereg] in its pyproject.toml" in record.reason
    assert "python -m pip uninstall vaereg-plugin-x" in record.reason
    assert "\n" not in record.reason
    assert record.where == "vaereg_plugin_x-1.0.dist-info/entry_points.txt:3"


def test_an_attribute_error_inside_the_plugin_is_not_blamed_on_the_entry_point(
    folder: Path, found: Any
) -> None:
    plugin_with(folder, "import math\nmath.tau_and_a_half\n")

    record = record_of(found(), "vaereg-plugin-x")

    assert record.reason.startswith("AttributeError: module 'math' has no attribute")
    assert record.where == "vaereg_plugin_x/plugin.py:2"


@pytest.mark.parametrize(
    ("module", "what_to_do"),
    [
        ("not_there.at_all", "install `not_there`, which vaereg-plugin-x needs"),
        ("vaereg_plugin_x.gone", "vaereg-plugin-x does not contain this module"),
    ],
)
def test_the_error_for_a_module_that_a_plugin_lacks_says_what_to_do(
    module: str, what_to_do: str, folder: Path, found: Any
) -> None:
    plugin_with(folder, f"import {module}\n")

    record = record_of(found(), "vaereg-plugin-x")

    assert record.reason.startswith("ModuleNotFoundError: ")
    assert what_to_do in record.reason
    assert record.where == "vaereg_plugin_x/plugin.py:1"


def test_an_entry_point_that_is_listed_nowhere_has_no_line() -> None:
    entry = InstalledEntry(distribution="gone", version="1", entry="g", value="gone_package.plugin")

    (record,) = discover(entry_points=[entry]).records

    assert "there is no module `gone_package`" in record.reason
    assert record.where == ""


def test_the_record_of_a_plugin_from_a_folder_names_the_folder(folder: Path, found: Any) -> None:
    info = simple_plugin(folder, "vaereg-plugin-x", ("prior", "flow"))
    url = '{"url": "file:///src/x", "dir_info": {"editable": true}}'
    (info / "direct_url.json").write_text(url)

    assert record_of(found(), "vaereg-plugin-x").origin == "editable file:///src/x"
