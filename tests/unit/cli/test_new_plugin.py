"""new-plugin writes a complete package, or an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_distributions import simple_plugin


def test_the_package_is_written_here_and_the_next_steps_are_printed(vaereg_run: Any) -> None:
    result = vaereg_run("new-plugin", "edges", "--kind", "regularizer")

    assert (result.code, result.err) == (0, "")
    assert Path("vaereg-plugin-edges/src/vaereg_plugin_edges/edges.py").is_file()
    assert "cd vaereg-plugin-edges" in result.out
    assert 'pip install -e ".[test]"' in result.out


def test_a_template_can_be_chosen(vaereg_run: Any) -> None:
    words = ("new-plugin", "flow", "--kind", "sampler", "--template", "trained")

    assert vaereg_run(*words).code == 0

    source = Path("vaereg-plugin-flow/src/vaereg_plugin_flow/flow.py").read_text(encoding="utf-8")
    assert "def loss(self, latent" in source


def test_the_package_is_written_to_out_and_its_files_are_listed(
    vaereg_run: Any, tmp_path: Path
) -> None:
    result = vaereg_run(
        "new-plugin", "edges", "--kind", "regularizers", "--out", str(tmp_path / "new"), "--json"
    ).json

    folder = Path(result["written"])
    assert folder == tmp_path / "new" / "vaereg-plugin-edges"
    assert result["use"] == "edges"
    written = (path for path in folder.rglob("*") if path.is_file())
    assert sorted(path.relative_to(folder).as_posix() for path in written) == result["files"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["3d", "--kind", "prior"], "the name of a component must begin with a letter"),
        (["edges", "--kind", "regulariser"], 'did you mean "regularizer"'),
        (["edges"], "the following arguments are required: --kind"),
        (["edges", "--kind", "prior", "--license", "gpl"], "apache-2.0"),
        (["edges", "--kind", "prior", "--author", "<me>"], "the author must be given as"),
        (
            ["edges", "--kind", "prior", "--template", "trained"],
            "no template 'trained' for the kind prior; leave --template out, or use "
            "`--kind decoder --template holds-part` or `--kind sampler --template trained`",
        ),
    ],
)
def test_an_invalid_command_ends_with_2_and_leaves_nothing(
    argv: list[str], said: str, vaereg_run: Any
) -> None:
    result = vaereg_run("new-plugin", *argv)

    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert not list(Path().iterdir())


def test_a_folder_that_exists_is_never_overwritten(vaereg_run: Any) -> None:
    vaereg_run("new-plugin", "edges", "--kind", "regularizer")
    readme = Path("vaereg-plugin-edges/README.md")
    readme.write_text("mine")

    refused = vaereg_run("new-plugin", "edges", "--kind", "prior")

    assert refused.code == 2
    assert "vaereg-plugin-edges already exists and was not changed" in refused.err
    assert readme.read_text() == "mine"
    assert [path.name for path in Path().iterdir()] == ["vaereg-plugin-edges"]


@pytest.mark.parametrize("owner", ["vaereg", "vaereg-plugin-other"])
def test_a_name_that_another_distribution_has_gives_a_warning_and_is_written_in_full(
    owner: str, plugins_folder: Path, vaereg_run: Any
) -> None:
    simple_plugin(plugins_folder, "vaereg-plugin-other", ("regularizer", "calm"))
    name = {"vaereg": "mmd", "vaereg-plugin-other": "calm"}[owner]

    result = vaereg_run("new-plugin", name, "--kind", "regularizer")

    assert result.code == 0
    assert f"{owner} also offers the regularizer `{name}`; " in result.err
    registry = Path(f"vaereg-plugin-{name}/registry.toml").read_text()
    assert f'use = "vaereg-plugin-{name}/{name}"' in registry


def test_a_wrong_registry_does_not_stop_the_command(vaereg_run: Any) -> None:
    Path("registry.toml").write_text("this is no TOML")

    assert vaereg_run("new-plugin", "edges", "--kind", "regularizer").code == 0
