"""pytest fixtures for plugin authors; pytest loads them wherever vaereg is installed.

Every run of pytest imports this module, so importing it must not import keras or numpy.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs
import pytest

from vaereg.contracts.plain_values import JsonValue, TomlValue

if TYPE_CHECKING:
    from vaereg.contracts.data import Data
    from vaereg.discovery.catalog import Catalog
    from vaereg.model.vae import VAE

ENVIRONMENT = ("VAEREG_DISABLE_PLUGIN_AUTOLOAD", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
"""The user's environment variables that would change what a test sees."""


@attrs.frozen
class Finished:
    """The result of a finished command.

    Args:
        code: the exit code.
        out, err: the text it wrote to stdout and stderr.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> JsonValue:
        """The value that `--json` printed."""
        return json.loads(self.out)


class MakesDistributions(Protocol):
    """The type of the fixture `fake_distribution`."""

    def __call__(
        self,
        name: str,
        version: str = "1.0",
        *,
        modules: Mapping[str, str],
        entry_points: Mapping[str, str] | None = None,
    ) -> Path: ...


class BuildsModels(Protocol):
    """The type of the fixture `vaereg_model`."""

    def __call__(
        self,
        *,
        data: Data | None = None,
        train: Mapping[str, TomlValue] | None = None,  # any values of TOML
        **model: TomlValue,  # any values of TOML
    ) -> VAE: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """If a test fails because it uses an old name of vaereg's, notes the new name on the error."""
    from vaereg.renamed import renamed_in

    try:
        return (yield)
    except (AttributeError, TypeError, ImportError) as fault:
        new_name = renamed_in(fault)
        if new_name:
            fault.add_note(new_name)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """If a test file cannot be imported because it uses an old name, notes the new name."""
    report = yield
    if report.failed:
        from vaereg.renamed import renamed_in_text

        new_name = renamed_in_text(str(report.longrepr))
        if new_name:
            report.sections.append(("vaereg", new_name))
    return report


@pytest.fixture
def vaereg_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder on sys.path; modules imported from it are unloaded after the test."""
    from vaereg.discovery.entry_points import installed_entries

    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    before = set(sys.modules)
    installed_entries.cache_clear()
    yield folder
    installed_entries.cache_clear()
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def fake_distribution(vaereg_installed: Path) -> MakesDistributions:
    """Installs a throw-away distribution for the test and returns its dist-info folder.

        def test_my_plugin_is_found(fake_distribution, vaereg_catalog):
            fake_distribution("acme-vae", modules={"acme.plugin": "…"})
            (record,) = vaereg_catalog("acme-vae").records

    See `vaereg.testing.fake_distribution`.
    """
    from vaereg.testing.fake_distribution import fake_distribution as write

    def install(
        name: str,
        version: str = "1.0",
        *,
        modules: Mapping[str, str],
        entry_points: Mapping[str, str] | None = None,
    ) -> Path:
        return write(vaereg_installed, name, version, modules=modules, entry_points=entry_points)

    return install


@pytest.fixture
def vaereg_catalog(vaereg_installed: Path) -> Callable[..., Catalog]:
    """Finds the components of the named distributions only.

    Name `vaereg` to include the built-in components. Other installed plugins are not imported.

    Raises:
        vaereg.PluginError: if a distribution is not installed.
    """
    from vaereg.discovery.discover import discover
    from vaereg.discovery.entry_points import installed_entries, normalized
    from vaereg.errors import PluginError
    from vaereg.wording import did_you_mean

    del vaereg_installed  # it shields the test from the environment

    def find(*distributions: str) -> Catalog:
        installed_entries.cache_clear()
        entries = installed_entries()
        wanted = {normalized(each) for each in distributions}
        known = sorted({each.distribution for each in entries})
        for name in sorted(wanted.difference(known)):
            hint = did_you_mean(name, known) or f"installed: {', '.join(known)}"
            raise PluginError(f"no plugin named `{name}` is installed; {hint}")
        return discover(entry_points=[e for e in entries if e.distribution in wanted])

    return find


@pytest.fixture
def vaereg_precision() -> Iterator[Callable[[str], None]]:
    """Sets Keras's precision by name, such as "mixed_bfloat16", until the test ends.

    Use this fixture also in a test where other code sets the precision, such as `vaereg.build`.
    """
    import keras

    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.fixture
def vaereg_model(tmp_path: Path, vaereg_precision: object) -> BuildsModels:
    """Builds a tiny compiled model from keys of its declaration, to try a component in it.

        def test_the_prior_learns(vaereg_model):
            vae = vaereg_model(prior={"use": "real_nvp", "layers": 2}, train={"batch_size": 4})
            vae.fit(images, batch_size=4)

    Missing keys are those of a small dense model of images. Without `data`, it gets 32 random
    images of 8 x 8 pixels. The precision is restored after the test.
    """
    import numpy as np

    import vaereg
    from vaereg.testing.tiny_registry import tiny_registry

    del vaereg_precision  # it restores the precision, which building the model may change

    def images() -> vaereg.Data:
        values = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 1), dtype=np.uint8)
        spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=32)
        return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))

    def build(
        *,
        data: Data | None = None,
        train: Mapping[str, TomlValue] | None = None,
        **model: TomlValue,
    ) -> VAE:
        path = tmp_path / "registry.toml"
        path.write_text(tiny_registry(model, train), encoding="utf-8")
        built: VAE = vaereg.build(path, data=images() if data is None else data)
        return built

    return build


@pytest.fixture
def vaereg_run(
    vaereg_installed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Finished]:
    """Runs a vaereg command in this process, with an empty folder as the current directory.

    def test_it_trains(vaereg_run):
        Path("registry.toml").write_text(MODEL)
        done = vaereg_run("train", "--json")
        assert done.code == 0
    """
    from vaereg.cli.main import main
    from vaereg.discovery.entry_points import installed_entries

    del vaereg_installed  # its distributions are found, and unloaded after the test
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*argv: str) -> Finished:
        installed_entries.cache_clear()
        capsys.readouterr()
        code = main(argv)
        return Finished(code, *capsys.readouterr())

    return run
