"""The pytest fixtures for authors of plugins."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vaereg.testing.tiny_registry import tiny_registry

ROOT = Path(__file__).parents[3]
TESTS = '''
import sys
from pathlib import Path

import pytest

from vaereg.testing.tiny_registry import tiny_registry
import vaereg

PLUGIN = """
    import vaereg

    @vaereg.hookimpl
    def vaereg_components():
        return [vaereg.Component(kind="prior", name="{name}", factory="{package}.parts:Flow")]
"""


def offers(name, package):
    return {f"{package}.plugin": PLUGIN.format(name=name, package=package)}


def test_only_the_distributions_named_are_found(fake_distribution, vaereg_catalog):
    fake_distribution("acme-vae", modules=offers("flow", "acme"))
    fake_distribution("other-vae", "2.0", modules=offers("else", "other"))
    catalog = vaereg_catalog("Acme_VAE")
    assert [each.label for each in catalog.records] == ["acme-vae 1.0"]
    assert [each.full_name for each in catalog.offers()] == ["acme-vae/flow"]
    assert "other.plugin" not in sys.modules
    assert len(vaereg_catalog("acme-vae", "vaereg").offers("prior")) > 2


def test_the_next_test_knows_nothing_of_it(vaereg_catalog):
    assert "acme" not in sys.modules
    with pytest.raises(vaereg.PluginError, match="no plugin named `acme-vae` is installed"):
        vaereg_catalog("acme-vae")


def test_entry_points_may_be_given(fake_distribution, vaereg_catalog):
    modules = {"acme.here": PLUGIN.format(name="flow", package="acme")}
    info = fake_distribution("acme-vae", modules=modules, entry_points={"x": "acme.here"})
    assert (info / "METADATA").is_file()
    (record,) = vaereg_catalog("acme-vae").records
    assert (record.entry, record.status) == ("x", "ok")


def test_a_command_runs_in_an_empty_folder_and_sees_the_distribution(
    fake_distribution, vaereg_run
):
    assert list(Path.cwd().iterdir()) == []
    fake_distribution("acme-vae", modules=offers("flow", "acme"))
    print("not of the command")
    done = vaereg_run("components", "--json")
    assert (done.code, done.err) == (0, "")
    assert "flow" in [each["name"] for each in done.json["components"]]
    assert vaereg_run("no-such-command").code == 2


def test_no_fixture_was_imported_with_keras():
    assert "keras" not in sys.modules and "numpy" not in sys.modules
'''
PRECISION_TESTS = """
import pytest

PRECISIONS = []


@pytest.mark.parametrize("name", ["mixed_bfloat16", "float64"])
def test_a_precision_is_set(vaereg_precision, name):
    import keras

    PRECISIONS.append(keras.config.dtype_policy().name)
    vaereg_precision(name)
    assert keras.config.dtype_policy().name == name


def test_a_precision_was_put_back():
    import keras

    PRECISIONS.append(keras.config.dtype_policy().name)
    assert PRECISIONS == ["float32"] * 3
"""


# Without the entry point, which may not be installed yet, and then by its module.
OPTIONS = ("-q", "-p", "no:vaereg", "-p", "vaereg.testing.fixtures", "-p", "no:cacheprovider")


def test_pytest_gives_them_to_a_plugins_tests(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NO_COLOR": "1"},
    )

    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout


def test_pytest_gives_them_a_precision_for_one_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In this process, which has imported keras; a module's name stays imported.
    (tmp_path / "test_precision_of_a_plugin.py").write_text(PRECISION_TESTS, encoding="utf-8")
    code = pytest.main([*OPTIONS, "-p", "no:xdist", f"--rootdir={tmp_path}", str(tmp_path)])

    assert code == pytest.ExitCode.OK
    assert "3 passed" in capsys.readouterr().out


def test_the_entry_point_names_the_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {"vaereg": "vaereg.testing.fixtures"}


def test_importing_the_fixtures_imports_nothing_slow() -> None:
    program = (
        "import sys, vaereg.testing.fixtures\n"
        "print([n for n in ('keras', 'numpy', 'vaereg.cli', 'vaereg.discovery') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_tiny_model_is_built_from_the_keys_that_are_given(vaereg_model) -> None:
    vae = vaereg_model(latent=2, objective="iwae", train={"precision": "mixed_bfloat16"})

    assert vae.parts.latent_shape == (2,)
    assert vae.parts.objective.importance
    assert vae.parts.encoder.compute_dtype == "bfloat16"


def test_a_tiny_registry_says_what_is_given_instead_of_what_is_usual() -> None:
    values = tomllib.loads(tiny_registry({"latent": 7}, {"epochs": 2}))

    assert values["models"]["tiny"]["latent"] == 7
    assert values["models"]["tiny"]["likelihood"] == "bernoulli"
    assert values["train"] == {"batch_size": 8, "epochs": 2}
