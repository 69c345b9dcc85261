"""init, check and schema: from an empty folder to a valid registry."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import simple_plugin
from vaereg.declaration.text.template import INIT_TEMPLATE


def test_init_writes_a_registry_that_passes_check(vaereg_run: Any) -> None:
    written, checked = vaereg_run("init"), vaereg_run("check")

    assert written.code == 0
    assert Path("registry.toml").read_text() == INIT_TEMPLATE
    assert (checked.code, checked.err) == (0, "")
    assert "2 models, no errors" in checked.out


def test_init_overwrites_only_with_force(vaereg_run: Any) -> None:
    path = Path("registry.toml")
    path.write_text("mine")

    refused = vaereg_run("init")

    assert refused.code == 2
    assert "registry.toml already exists and was not changed; --force replaces it" in refused.err
    assert path.read_text() == "mine"
    assert vaereg_run("init", "--force").code == 0
    assert path.read_text() == INIT_TEMPLATE
    assert [each.name for each in Path().iterdir()] == ["registry.toml"]


def test_init_writes_the_named_file_and_says_so(vaereg_run: Any, tmp_path: Path) -> None:
    path = tmp_path / "other.toml"

    assert vaereg_run("init", "-f", str(path), "--json").json["written"] == str(path)
    assert path.exists()
    assert vaereg_run("init", "-f", str(tmp_path / "no" / "x.toml")).code == 2


def test_check_reports_every_problem_at_once(vaereg_run: Any) -> None:
    broken = INIT_TEMPLATE.replace("latent = 16", "latnt = 16").replace('"bernoulli"', '"bernuli"')
    Path("registry.toml").write_text(broken)

    told, as_json = vaereg_run("check"), vaereg_run("check", "--json")

    assert told.code == as_json.code == 2
    assert told.out == ""
    assert 'did you mean "latent"?' in told.err
    assert 'did you mean "bernoulli"?' in told.err
    codes = {each["code"] for each in as_json.json["error"]["problems"]}
    assert {"unknown-key", "unknown-component"} <= codes


@pytest.mark.parametrize(
    ("command", "end"),
    [
        ("check", "1 error\n"),
        ("train", "1 error\nNothing was written.\n"),
        ("ablate vaereg/mmd", "1 error\nNothing was written.\n"),
    ],
)
def test_only_a_command_that_writes_says_that_nothing_was_written(
    command: str, end: str, vaereg_run: Any
) -> None:
    Path("registry.toml").write_text(INIT_TEMPLATE.replace("latent = 16", "latent = 0"))

    result = vaereg_run(*command.split())

    assert result.code == 2
    assert result.err.endswith(end)
    assert [each.name for each in Path().iterdir()] == ["registry.toml"]


def test_check_can_check_some_models_only(vaereg_run: Any) -> None:
    Path("registry.toml").write_text(INIT_TEMPLATE + '\n[models.third]\nextends = "nobody"\n')

    assert vaereg_run("check").code == 2
    assert vaereg_run("check", "first").code == 0
    assert list(vaereg_run("check", "second", "--json").json["models"]) == ["second"]
    assert 'did you mean "first"?' in vaereg_run("check", "frist").err


def test_check_names_the_components_with_their_distributions(vaereg_run: Any) -> None:
    vaereg_run("init")

    model = vaereg_run("check", "--json").json["models"]["second"]

    parts = {part["kind"]: part for part in model["parts"]}
    assert parts["likelihood"]["component"] == "vaereg/gaussian_optimal_variance"
    assert parts["regularizer"]["key"] == "focal_frequency"
    assert parts["regularizer"]["address"] == "regularizers.focal_frequency"
    assert parts["encoder"]["place"].startswith("registry.toml:")


def test_check_without_a_registry_says_how_to_get_one(vaereg_run: Any) -> None:
    result = vaereg_run("check")

    assert result.code == 2
    assert "vaereg init" in result.err


def test_check_ends_with_3_if_a_required_plugin_is_missing(vaereg_run: Any) -> None:
    required = '[plugins]\nrequire = ["vaereg-plugin-q>=2"]\n'
    Path("registry.toml").write_text(INIT_TEMPLATE + required)

    result = vaereg_run("check")

    assert result.code == 3
    assert 'python -m pip install "vaereg-plugin-q>=2"' in result.err


def test_check_ends_with_3_if_a_blocked_plugin_is_used(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("regularizer", "calm"))
    vaereg_run("init")
    used = ("--set", "models.first.regularizers.calm.weight=1.0")

    assert vaereg_run("check", *used).code == 0
    blocked = vaereg_run("check", "--no-plugins", *used)

    assert blocked.code == 3
    assert "vaereg-plugin-a" in blocked.err
    assert "no_plugins" in blocked.err


def test_check_finds_a_factory_that_does_not_exist_without_importing_it(
    plugins_folder: Path, vaereg_run: Any
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("regularizer", "calm"))
    (plugins_folder / "vaereg_plugin_a" / "parts.py").write_text("class Parts: ...\n")
    vaereg_run("init")
    used = ("--set", "models.first.regularizers.calm.weight=1.0")

    told, as_json = vaereg_run("check", *used), vaereg_run("check", *used, "--json")

    assert told.code == 3
    assert told.out == ""
    assert "regularizer vaereg-plugin-a/calm cannot be built" in told.err
    assert "`vaereg_plugin_a.parts:Part` does not exist: " in told.err
    assert "vaereg_plugin_a/parts.py does not define `Part`" in told.err
    assert 'did you mean "Parts"?' in told.err
    assert "this is a bug in vaereg-plugin-a 1.0 (entry a), declared at vaereg_plugin_a/plu" in (
        told.err
    )
    assert "models.first.regularizers.calm.weight" in told.err
    (problem,) = as_json.json["error"]["problems"]
    assert problem["code"] == "broken-component"
    assert "vaereg_plugin_a.parts" not in sys.modules


def test_check_warns_of_a_path_that_does_not_exist(vaereg_run: Any) -> None:
    vaereg_run("init")
    data = 'data.clothes={use = "image_folder", path = "not_there"}'

    result = vaereg_run("check", "--set", data)

    assert result.code == 0
    assert "`path` names not_there, which does not exist" in result.err
    assert "1 warning" in result.out


def test_the_schema_knows_the_installed_plugins(plugins_folder: Path, vaereg_run: Any) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-a", ("regularizer", "calm"))

    printed = vaereg_run("schema")
    written = vaereg_run("schema", "--out", "schema.json")

    assert "vaereg-plugin-a/calm" in printed.out
    assert json.loads(printed.out) == json.loads(Path("schema.json").read_text())
    assert "#:schema schema.json" in written.out


def test_no_colour_reaches_a_pipe(vaereg_run: Any) -> None:
    vaereg_run("init")

    assert "\033[" in vaereg_run("check", "--color", "always").out
    assert "\033[" not in vaereg_run("check").out
