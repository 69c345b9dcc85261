"""pytest fixtures for authors of plugins; pytest finds them by itself where vaereg is installed.

Importing this module imports neither keras nor numpy, since every run of pytest does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import attrs
import pytest

if TYPE_CHECKING:
    from vaereg.contracts.data import Data
    from vaereg.discovery.catalog import Catalog
    from vaereg.model.vae import VAE

ENVIRONMENT = ("VAEREG_DISABLE_PLUGIN_AUTOLOAD", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
"""Variables of the user's that would change what a test sees."""


@attrs.frozen
class Finished:
    """How a command ended.

    Args:
        code: its exit code.
        out, err: what it wrote to stdout and stderr.
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)


class MakesDistributions(Protocol):
    """What the fixture `fake_distribution` gives."""

    def __call__(
        self,
        name: str,
        version: str = "1.0",
        *,
        modules: Mapping[str, str],
        entry_points: Mapping[str, str] | None = None,
    ) -> Path: ...


class BuildsModels(Protocol):
    """What the fixture `vaereg_model` gives."""

    def __call__(
        self,
        *,
        data: Data | None = None,
        train: Mapping[str, Any] | None = None,  # any values of TOML
        **model: Any,  # any values of TOML
    ) -> VAE: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Adds the new name to the exception of a test that met an old one of vaereg's."""
    from vaereg.renamed import renamed_in

    try:
        return (yield)
    except (AttributeError, TypeError, ImportError) as fault:
        new_name = renamed_in(fault)
        if new_name:
            fault.add_note(new_name)
        raise


@pytest.fixture
def vaereg_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder on sys.path; what is imported from it is forgotten after the test."""
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
    """Installs a throw-away distribution for the test, and returns its dist-info.

        def test_a_generator_is_told(fake_distribution, vaereg_catalog):
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
    """Finds the components of the distributions that are named, and of no others.

    The built-in ones are among them if `vaereg` is named. Whatever else is installed beside them
    is not even imported.

    Raises:
        vaereg.PluginError: if a distribution is not installed.
    """
    from vaereg.discovery.discover import discover
    from vaereg.discovery.entry_points import installed_entries, normalized
    from vaereg.errors import PluginError
    from vaereg.wording import did_you_mean

    del vaereg_installed  # it keeps the environment from the test

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
    """Sets Keras's precision by its name, such as "mixed_bfloat16", until the test is over.

    A test that lets something else set it, such as `vaereg.build`, asks for this fixture too.
    """
    import keras

    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.fixture
def vaereg_model(tmp_path: Path, vaereg_precision: object) -> BuildsModels:
    """Builds a tiny compiled model that contains a component, from keys of its declaration.

        def test_the_prior_learns(vaereg_model):
            vae = vaereg_model(prior={"use": "real_nvp", "layers": 2}, train={"batch_size": 4})
            vae.fit(images, batch_size=4)

    Keys that are not given are those of a model of dense parts for images, 32 random ones of 8 x 8
    pixels unless `data` is given. Precision is put back after the test.
    """
    import numpy as np

    import vaereg
    from vaereg.testing.tiny_registry import tiny_registry

    del vaereg_precision  # it puts back what the model's own precision changes

    def images() -> vaereg.Data:
        values = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 1), dtype=np.uint8)
        spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=32)
        return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))

    def build(
        *, data: Data | None = None, train: Mapping[str, Any] | None = None, **model: Any
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
    """Runs a command of vaereg in an empty folder, which is the current one, and in this process.

    def test_it_trains(vaereg_run):
        Path("registry.toml").write_text(MODEL)
        done = vaereg_run("train", "--json")
        assert done.code == 0
    """
    from vaereg.cli.__main__ import main
    from vaereg.discovery.entry_points import installed_entries

    del vaereg_installed  # its distributions are found, and forgotten afterwards
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def run(*argv: str) -> Finished:
        installed_entries.cache_clear()
        capsys.readouterr()
        code = main(argv)
        return Finished(code, *capsys.readouterr())

    return run
