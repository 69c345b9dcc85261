"""A package of `vaereg new-plugin` works unchanged: its tests, the registry, the engine."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.inner_pytest import inner_pytest
from tests.helpers.installed_in_place import installed_in_place
from tests.helpers.tiny_run import vaereg_here
from vaereg.cli.main import main
from vaereg.discovery.entry_points import installed_entries
from vaereg.kinds import KINDS
from vaereg.new_plugin.package_files import MORE_TEMPLATES

REGISTRY = """
default = "all"

[data.made]
use = "my_dataset"
count = 1200
size = 12
augment = ["my_augmentation"]

[models.all]
data = "made"
latent = 3
encoder = { use = "my_encoder", widths = [16] }
posterior = "my_posterior"
prior = "my_prior"
decoder = { use = "my_decoder", widths = [16] }
likelihood = "my_likelihood"
objective = { use = "my_objective", samples = 2 }
sampler = "my_sampler"

[models.all.regularizers.my_regularizer]
weight = 10.0

[models.all.discriminators.my_discriminator]
weight = 0.1
widths = [16]

[train]
epochs = 1
batch_size = 64
"""


NEW = {f"my-{kind.replace('_', '-')}": (kind, "") for kind in KINDS} | {
    f"my-{kind}-{template}": (kind, template)
    for kind, templates in MORE_TEMPLATES.items()
    for template in templates
}
"""The name of each new plugin -> its kind and template."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new plugin of each kind and template, installed in place without pip."""
    folder = tmp_path_factory.mktemp("plugins")
    for name, (kind, template) in NEW.items():
        words = ["new-plugin", name, "--kind", kind, "--out", str(folder), "--quiet"]
        assert main([*words, "--template", template]) == 0
        installed_in_place(folder / f"vaereg-plugin-{name}")
    return folder


@pytest.fixture
def installed(written: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, with every source on sys.path, so that this process finds the plugins."""
    for source in sources(written):
        monkeypatch.syspath_prepend(source)
    installed_entries.cache_clear()
    yield written
    installed_entries.cache_clear()
    for name in [each for each in sys.modules if each.startswith("vaereg_plugin_my_")]:
        del sys.modules[name]


def sources(written: Path) -> list[str]:
    return [str(folder / "src") for folder in sorted(written.iterdir())]


@pytest.mark.slow
@pytest.mark.parametrize("name", NEW)
def test_the_tests_of_a_new_plugin_pass_out_of_the_box(name: str, installed: Path) -> None:
    kind, _ = NEW[name]
    # In this process, which has imported keras: a process for each kind would take minutes.
    passed = inner_pytest(installed / f"vaereg-plugin-{name}").passed

    component = name.replace("-", "_")
    laws = [each for each in passed if f"test_contract[{kind}/{component}-" in each]
    assert len(laws) >= 9
    assert len(passed) > len(laws)  # and the tests of the component


@pytest.mark.parametrize("name", NEW)
def test_the_registry_of_a_new_plugin_is_right(
    name: str, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, _ = NEW[name]
    component = name.replace("-", "_")
    registry = installed / f"vaereg-plugin-{name}" / "registry.toml"

    code = main(["check", "--registry", str(registry), "--json"])

    models = json.loads(capsys.readouterr().out)["models"]
    assert code == 0
    if KINDS[kind].key:
        parts = [part["component"] for part in models[f"with_{component}"]["parts"]]
        assert f"vaereg-plugin-{name}/{component}" in parts


@pytest.mark.slow
def test_one_model_is_trained_and_evaluated_with_a_new_plugin_in_every_slot(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "registry.toml").write_text(REGISTRY, encoding="utf-8")

    assert vaereg_here("train", cwd=tmp_path).returncode == 0

    (history,) = (tmp_path / "runs" / "all").glob("*/history.csv")
    (row,) = csv.DictReader(history.read_text(encoding="utf-8").splitlines())
    logged = {"renyi", "my_regularizer", "my_discriminator_generator", "my_discriminator_critic"}
    assert logged <= set(row)
    assert all(abs(float(row[name])) > 0 for name in logged)

    words = ("evaluate", "all", "--features", "my_feature_extractor", "--json")
    done = vaereg_here(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (evaluated,) = json.loads(done.stdout)["evaluations"]
    scores = evaluated["scores"]
    assert scores["my_metric"]["metric"] == "vaereg-plugin-my-metric/my_metric"
    assert any(name.endswith("_my_feature_extractor") for name in scores)
