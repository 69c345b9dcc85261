"""plugins, components and describe show what is installed, and why something is missing."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.helpers.fake_distributions import fake_distribution, simple_plugin
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.discovery.discover import discover
from vaereg.errors import DeclarationError

MISFITS = {"does-not-fit", "wrong-data-form"}
BROKEN = {"vaereg_plugin_z.plugin": "import vaereg\nimport not_there\n"}


def break_one(folder: Path) -> None:
    """Installs a plugin whose import fails."""
    entry_points = {"z": "vaereg_plugin_z.plugin"}
    fake_distribution(folder, "vaereg-plugin-z", modules=BROKEN, entry_points=entry_points)


def test_plugins_shows_the_status_of_each(plugins_folder: Path, vaereg_run: Any) -> None:
    break_one(plugins_folder)
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "flow"))

    result = vaereg_run("plugins", "--no-plugins=vaereg-plugin-a")

    rows = {line.split()[0]: line for line in result.out.splitlines()}
    assert result.code == 0
    assert "blocked" in rows["vaereg-plugin-a"]
    assert "ModuleNotFoundError: No module named 'not_there'" in rows["vaereg-plugin-z"]
    assert "vaereg_plugin_z/plugin.py:2" in rows["vaereg-plugin-z"]
    assert " ok " in rows["vaereg"]
    assert result.err == ""


def test_plugins_shows_the_traceback_when_asked(plugins_folder: Path, vaereg_run: Any) -> None:
    break_one(plugins_folder)

    assert "Traceback" in vaereg_run("plugins", "-v").out


def test_plugins_can_show_how_long_each_import_took(plugins_folder: Path, vaereg_run: Any) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "flow"))

    result = vaereg_run("plugins", "--timings", "--json")

    times = [each["import_ms"] for each in result.json["plugins"]]
    assert times == sorted(times, reverse=True)
    assert min(times) > 0


def test_plugins_lists_the_ambiguous_names(plugins_folder: Path, vaereg_run: Any) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "standard_normal"))

    out = vaereg_run("plugins").out

    assert "write `vaereg-plugin-a/standard_normal`" in out


def test_a_broken_plugin_is_one_line_on_stderr_elsewhere(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    break_one(plugins_folder)

    result, quiet = vaereg_run("components"), vaereg_run("components", "-q")

    assert result.code == quiet.code == 0
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("warning: vaereg-plugin-z 1.0 (entry z) is broken: ModuleNotFou")
    assert quiet.err == ""


def test_components_can_be_of_one_kind(plugins_folder: Path, vaereg_run: Any) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "flow"), ("sampler", "walk"))

    result = vaereg_run("components", "--kind", "prior", "--json")

    kinds = {each["kind"] for each in result.json["components"]}
    names = {each["full_name"] for each in result.json["components"]}
    assert kinds == {"prior"}
    assert {"vaereg-plugin-a/flow", "vaereg/standard_normal"} <= names


HOLDERS = """
import attrs, vaereg

@attrs.frozen
class Net:
    decoder: vaereg.Slot | None = vaereg.slot("decoder", default=None, meaning="another one")

@attrs.frozen(kw_only=True)
class Holder:
    needed: vaereg.Slot = vaereg.slot("encoder", meaning="what it calls")
    priors: tuple[vaereg.Slot, ...] = vaereg.slot("prior", default=("vamp", "iaf"), meaning="all")
    net: Net = vaereg.param(Net(), "its network")
    width: int = vaereg.param(3, "how wide")

@attrs.frozen
class Wrong:
    phase: complex = vaereg.param(1j, "no TOML")

@vaereg.hookimpl
def vaereg_components():
    declared = {"holder": Holder, "unreadable": Wrong, "plain": None}
    return [vaereg.Component(kind="prior", name=name, factory="holders.parts:Part", params=params)
            for name, params in declared.items()]
"""


def test_components_list_the_slots_that_they_hold(plugins_folder: Path, vaereg_run: Any) -> None:
    modules = {"holders.plugin": HOLDERS}
    fake_distribution(plugins_folder, "h", modules=modules, entry_points={"h": "holders.plugin"})

    listed = vaereg_run("components", "--kind", "prior", "--json").json["components"]

    slots = {each["name"]: each["slots"] for each in listed if each["distribution"] == "h"}
    held = ("name", "kind", "required", "many", "default")
    assert [tuple(each[key] for key in held) for each in slots["holder"]] == [
        ("needed", "encoder", True, False, None),
        ("priors", "prior", False, True, ["vamp", "iaf"]),
        ("net.decoder", "decoder", False, False, None),
    ]
    assert (slots["plain"], slots["unreadable"]) == ([], None)
    described = vaereg_run("describe", "prior/h/holder", "--json").json["component"]
    assert described["slots"] == slots["holder"]


@pytest.mark.parametrize("kind", ["feature_extractors", "metrics", "regularizers"])
def test_a_kind_may_be_named_in_the_plural(kind: str, vaereg_run: Any) -> None:
    listed = vaereg_run("components", "--kind", kind, "--json").json["components"]

    assert {each["kind"] for each in listed} == {kind[:-1]}


def test_no_kind_has_an_empty_name(vaereg_run: Any) -> None:
    assert "no kind is named ``" in vaereg_run("components", "--kind", "").err


def test_components_shows_a_name_that_can_be_used(plugins_folder: Path, vaereg_run: Any) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "flow"), ("prior", "vamp"))

    rows = [line.split()[:2] for line in vaereg_run("components").out.splitlines()]

    assert ["prior", "flow"] in rows
    assert ["prior", "vamp"] in rows
    assert ["prior", "vaereg-plugin-a/vamp"] in rows


@pytest.mark.parametrize("asked", ["prior/flow", "flow", "vaereg-plugin-a/flow"])
def test_a_component_is_described_by_any_of_its_names(
    asked: str, plugins_folder: Path, vaereg_run: Any
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("prior", "flow"), more="reference='a paper'")

    result = vaereg_run("describe", asked)

    assert result.code == 0
    for expected in (
        "prior flow",
        "Made for a test.",
        "vaereg-plugin-a 1.0",
        "a paper",
        "vaereg_plugin_a/parts.py:1",
        "0 <= value <= 10",
        "how strongly it counts",
        "[models.my_model.prior]",
    ):
        assert expected in result.out


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("gaussian", 2, "posterior/gaussian, likelihood/gaussian"),
        ("prior/standard_norml", 2, 'did you mean "standard_normal"?'),
        ("posterior/vamp", 2, "`vamp` is the name of a prior"),
        ("standard_norml", 2, 'did you mean "standard_normal"?'),
        ("vaereg/nothing", 2, "`vaereg` offers: "),
        ("vaereg-plugin-q/flow", 3, "python -m pip install vaereg-plugin-q"),
        ("prior/vaereg-plugin-q/flow", 3, "python -m pip install vaereg-plugin-q"),
        ("prior/vaereg-plugin-z/flow", 3, "broken: ModuleNotFoundError"),
        ("something_else", 2, "it may be in vaereg-plugin-z 1.0, which is broken"),
    ],
)
def test_an_unavailable_name_is_explained(
    asked: str, code: int, said: str, plugins_folder: Path, vaereg_run: Any
) -> None:
    break_one(plugins_folder)

    result = vaereg_run("describe", asked)

    assert (result.code, result.out) == (code, "")
    assert said in result.err


def test_a_name_of_two_plugins_is_explained_with_the_remedy(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    for name in ("vaereg-plugin-a", "vaereg-plugin-b"):
        simple_plugin(plugins_folder, name, ("prior", "flow"))

    for asked in ("flow", "prior/flow"):
        result = vaereg_run("describe", asked)

        assert result.code == 2
        assert "vaereg-plugin-a/flow, vaereg-plugin-b/flow" in result.err
        assert 'prefer = { "prior.flow" = "vaereg-plugin-a" }' in result.err
    preferred = ("--set", 'plugins.prefer={"prior.flow" = "vaereg-plugin-b"}')
    described = vaereg_run("describe", "flow", "--json", *preferred).json["component"]
    assert described["distribution"] == "vaereg-plugin-b"


def test_a_parameter_that_toml_cannot_give_is_the_plugins_fault(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    source = """
        import attrs, vaereg
        @attrs.frozen
        class Params:
            when: complex = vaereg.param(1j, "odd")
        @vaereg.hookimpl
        def vaereg_components():
            return [vaereg.Component(kind="prior", name="odd", factory="a:b", params=Params)]
        """
    fake_distribution(
        plugins_folder,
        "vaereg-plugin-a",
        modules={"vaereg_plugin_a.plugin": source},
        entry_points={"a": "vaereg_plugin_a.plugin"},
    )

    result = vaereg_run("describe", "odd")

    assert result.code == 3
    assert "prior `vaereg-plugin-a/odd` (vaereg-plugin-a 1.0)" in result.err
    assert "Params.when" in result.err


BUILT_IN = [f"{each.kind}/{each.full_name}" for each in discover(no_plugins=True).offers()]
EVALUATING = ("metric", "feature_extractor")
"""The kinds that registry.toml does not declare; evaluations use them."""


@pytest.mark.parametrize(
    "full_name", [each for each in BUILT_IN if each.partition("/")[0] in EVALUATING]
)
def test_a_component_that_evaluates_is_shown_with_the_command_that_uses_it(
    full_name: str, vaereg_run: Any
) -> None:
    kind, _, name = full_name.partition("/")

    shown = vaereg_run("describe", full_name).out
    described = vaereg_run("describe", full_name, "--json").json["component"]

    assert described["snippet"] == ""
    assert "to paste" not in shown
    assert shown.rstrip().endswith(f"used by:\n{described['command']}")
    words = shlex.split(described["command"])
    assert words[:3] == ["vaereg", "evaluate", "RUN"]
    if kind == "metric":
        assert words[3:] == []
        return
    option, chosen = words[3:]
    assert option == "--features"
    table = tomllib.loads(f"it = {chosen}")["it"] if chosen.startswith("{") else {"use": chosen}
    required = {each["name"] for each in described["parameters"] if each["required"]}
    assert table["use"] in {described["name"], name}
    assert set(table) == {"use", *required}


def test_a_component_of_a_model_is_shown_with_only_a_snippet_to_paste(vaereg_run: Any) -> None:
    described = vaereg_run("describe", "sampler/prior", "--json").json["component"]

    assert described["command"] == ""
    assert "used by" not in vaereg_run("describe", "sampler/prior").out


@pytest.mark.parametrize(
    "full_name", [each for each in BUILT_IN if each.partition("/")[0] not in EVALUATING]
)
def test_the_snippet_of_every_component_is_valid_in_a_registry(
    full_name: str, vaereg_run: Any, tmp_path: Path
) -> None:
    kind, _, name = full_name.partition("/")
    described = vaereg_run("describe", full_name, "--json").json["component"]
    pasted = described["snippet"]
    assert pasted
    registry = '[models.my_model]\nlatent = 4\nlikelihood = "bernoulli"\n' + pasted
    if kind == "likelihood":
        registry = registry.replace('likelihood = "bernoulli"\n', "")
    if kind == "augmentation":  # a key of a table that there is already
        header, _, key = pasted.partition("\n")
        registry = registry.replace(pasted, key if header == "[models.my_model]" else "")
        key = key if header == "[data.my_data]" else ""
        registry += f'\n[data.my_data]\nuse = "fashion_mnist"\n{key}\n'
    elif kind != "dataset":
        registry += '\n[data.my_data]\nuse = "fashion_mnist"\n'

    try:
        declaration = resolve(parse_document(registry), discover(no_plugins=True))
    except DeclarationError as fault:
        # A component may not fit the rest of this model, but the snippet itself must be valid.
        assert {problem.code for problem in fault.problems} <= MISFITS, str(fault)
        return

    slots = [*declaration.slots(), *(slot for _, slot in declaration.augmentations())]
    slots += [each.slot for each in declaration.optimizers().values() if each.slot is not None]
    parts = {(part.kind, part.offer.full_name): part for part in slots}
    offer = parts[kind, name].offer
    given = {attribute.name for attribute in attrs.fields(offer.component.params)}
    assert given == {each["name"] for each in described["parameters"]}
