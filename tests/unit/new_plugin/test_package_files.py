"""The content of every new package, whatever its kind."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import vaereg
from vaereg.errors import UsageError
from vaereg.kinds import KINDS
from vaereg.new_plugin.package_files import LICENSES, MORE_TEMPLATES, TEMPLATES, package_files
from vaereg.new_plugin.plugin_name import read_plugin_name
from vaereg.new_plugin.write_folder import write_folder

EVERY = [*((kind, "") for kind in KINDS)] + [
    (kind, each) for kind, templates in MORE_TEMPLATES.items() for each in templates
]
"""Each kind and template."""


def files(kind: str = "regularizer", **options: str) -> dict[str, str]:
    name = read_plugin_name("some-thing")
    return package_files(name, kind, **{"license_name": "apache-2.0", **options})


def test_every_folder_of_templates_can_be_chosen() -> None:
    folders = {folder.name for folder in (TEMPLATES / "kinds").iterdir()}

    assert folders == {f"{kind}-{template}".rstrip("-") for kind, template in EVERY}


@pytest.mark.parametrize(("kind", "template"), EVERY)
def test_every_kind_has_every_file(kind: str, template: str) -> None:
    source = "src/vaereg_plugin_some_thing"

    assert set(files(kind, template=template)) == {
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "registry.toml",
        ".gitignore",
        ".github/workflows/test.yml",
        f"{source}/__init__.py",
        f"{source}/py.typed",
        f"{source}/plugin.py",
        f"{source}/some_thing.py",
        "tests/test_contract.py",
    }


@pytest.mark.parametrize(("kind", "template"), EVERY)
def test_no_template_syntax_is_left_in_the_files(kind: str, template: str) -> None:
    for path, text in files(kind, template=template).items():
        if not path.startswith(".github"):  # GitHub's own expressions look alike
            assert not re.search(r"{{|}}|{%|{#", text), path
        assert text == "" or (text.endswith("\n") and not text.endswith("\n\n")), path


@pytest.mark.parametrize(("kind", "template"), EVERY)
def test_the_entry_point_leads_to_the_declaration(kind: str, template: str) -> None:
    found = files(kind, template=template)
    project = tomllib.loads(found["pyproject.toml"])["project"]

    assert project["entry-points"]["vaereg"] == {"some_thing": "vaereg_plugin_some_thing.plugin"}
    assert "vaereg-plugin" in project["keywords"]
    (newest,) = [each for each in project["dependencies"] if each.startswith("vaereg")]
    assert vaereg.__version__.startswith(newest.removeprefix("vaereg>="))
    declared = found["src/vaereg_plugin_some_thing/plugin.py"]
    assert 'factory="vaereg_plugin_some_thing.some_thing:SomeThing"' in declared
    classes = [
        node.name
        for node in ast.parse(found["src/vaereg_plugin_some_thing/some_thing.py"]).body
        if isinstance(node, ast.ClassDef)
    ]
    assert classes == ["SomeThing"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_readme_says_how_to_check_the_laws_and_the_number_of_checks(kind: str) -> None:
    found = files(kind)["README.md"]

    assert "\npytest\nvaereg check-plugin vaereg-plugin-some-thing\n" in found
    assert 'parametrize_with_checks("vaereg-plugin-some-thing", minimum=...)' in found


@pytest.mark.parametrize("kind", KINDS)
def test_the_readme_shows_the_registry_next_to_it(kind: str) -> None:
    found = files(kind)
    (shown,) = re.findall(r"```toml\n(.*?)```", found["README.md"], flags=re.S)

    assert tomllib.loads(shown) == tomllib.loads(found["registry.toml"])
    assert (
        f"![vaereg: {'feature extractor' if kind == 'feature_extractor' else kind}]"
        in found["README.md"]
    )
    ablation = f"vaereg ablate {kind}/some_thing --against baseline"
    assert (ablation in found["README.md"]) == (
        kind not in ("optimizer", "dataset", "metric", "feature_extractor")
    )


@pytest.mark.parametrize("name", LICENSES)
def test_the_licence_is_the_one_asked_for_and_names_the_author(name: str) -> None:
    found = files(license_name=name, author='Jane "J." Doe <jane@example.org>')
    project = tomllib.loads(found["pyproject.toml"])["project"]

    assert project["license"] == LICENSES[name]
    assert project["authors"] == [{"name": 'Jane "J." Doe', "email": "jane@example.org"}]
    assert re.search(rf'Copyright.*{time.strftime("%Y")},? Jane "J." Doe\n', found["LICENSE"])
    assert LICENSES[name] in found["README.md"]


def test_without_an_author_the_developers_are_named() -> None:
    project = tomllib.loads(files()["pyproject.toml"])["project"]

    assert project["authors"] == [{"name": "The vaereg-plugin-some-thing developers"}]


@pytest.mark.parametrize("author", ["<jane@example.org>", "Jane <jane>", "Jane\nDoe", "a > b"])
def test_an_author_in_another_form_is_refused(author: str) -> None:
    with pytest.raises(UsageError, match="must be given as"):
        files(author=author)


@pytest.mark.parametrize("kind", ["regularizer", "discriminator"])
def test_a_name_that_another_distribution_has_is_written_in_full(kind: str) -> None:
    full = "vaereg-plugin-some-thing/some_thing"
    table = tomllib.loads(files(kind, use=full)["registry.toml"])

    (slot,) = table["models"]["with_some_thing"][f"{kind}s"].values()
    assert slot["use"] == full


def write_every_package(folder: Path) -> None:
    for kind, template in EVERY:
        name = read_plugin_name(f"my-{kind}-{template}".rstrip("-"))
        written = package_files(name, kind, template=template, license_name="mit")
        write_folder(folder / name.distribution, written)


@pytest.mark.slow
def test_the_code_is_typed(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    write_every_package(tmp_path)
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-keras.*]\nignore_missing_imports = true\n")
    sources = [str(folder) for folder in sorted(tmp_path.glob("*/src"))]
    strict = [
        "--strict",
        "--allow-subclassing-any",
        "--follow-imports=silent",
    ]  # Keras has no types

    done = subprocess.run(
        [sys.executable, "-m", "mypy", *strict, *sources],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYPATH": str(Path(vaereg.__file__).parents[1])},
        check=False,
    )

    assert len(sources) == len(EVERY)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("ruff", path=Path(sys.executable).parent) is None, reason="ruff")
def test_the_code_is_clean_and_formatted(tmp_path: Path) -> None:
    write_every_package(tmp_path)
    ruff = [str(Path(sys.executable).parent / "ruff")]

    for folder in tmp_path.iterdir():
        for options in (
            ["check", "--no-cache", "--select", "E,F,I,B,UP,N,RET,SIM,RUF,D1", "--ignore", "D107"],
            ["format", "--no-cache", "--check"],
        ):
            extra = ["--per-file-ignores", "tests/*:D1"] if options[0] == "check" else []
            done = subprocess.run(
                [*ruff, *options, *extra, "."],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{folder.name}\n{done.stdout}{done.stderr}"
