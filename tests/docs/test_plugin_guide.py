"""The examples of plugins/README.md run, and its components keep the laws of their kinds."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.inner_pytest import inner_pytest
from tests.helpers.installed_in_place import installed_in_place
from tests.helpers.made_component import slow_if_it_trains
from tests.helpers.tiny_run import vaereg_here
from vaereg.component import Component, Offer
from vaereg.discovery.entry_points import installed_entries
from vaereg.kinds import KINDS
from vaereg.testing import ComponentUnderTest, Law, checks_for

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
MODULE = "blocks_of_the_plugin_guide"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.S | re.M)


def files() -> dict[str, str]:
    """Path -> text of each block that begins with its path."""
    found = {}
    for text in (*blocks("toml"), *blocks("python")):
        named = re.match(r"# ([\w./-]+\.(?:py|toml))\n", text)
        if named:
            found[named[1]] = text
    return found


def continued() -> str:
    """The other Python blocks as one program, with the line numbers of the guide."""
    named = set(files().values())
    program = [""] * (GUIDE.count("\n") + 1)
    for match in re.finditer(r"^```python\n(.*?)^```", GUIDE, flags=re.S | re.M):
        if match[1] not in named:
            first = GUIDE.count("\n", 0, match.start(1))
            lines = match[1].splitlines()
            program[first : first + len(lines)] = lines
    return "\n".join(program)


def shown() -> dict[str, str]:
    """Kind -> the class that its section shows."""
    sections = re.findall(r"^### (\w+)\n(.*?)(?=^##)", GUIDE, flags=re.S | re.M)
    classes = {kind: re.search(r"^class (\w+)", text, flags=re.M) for kind, text in sections}
    return {kind: found[1] for kind, found in classes.items() if found}


def offer(kind: str, name: str, given: Iterable[str] = ()) -> Offer:
    """The class as a component of a plugin."""
    few = {"dataset": {"vector"}, "feature_extractor": {"image"}}
    return Offer(
        component=Component(
            kind=kind,
            name=re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(),
            factory=f"{MODULE}:{name}",
            summary="Shown in the guide.",
            for_data=few.get(kind, {"image", "vector", "sequence"}),
            given=given,
        ),
        distribution="the-guide",
        version="0",
    )


@pytest.fixture(scope="module")
def guide() -> Iterator[ModuleType]:
    """The blocks of one program, run as one module."""
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    exec(compile(continued(), str(ROOT / "plugins" / "README.md"), "exec"), vars(module))
    yield module
    del sys.modules[MODULE]


def test_every_block_runs(guide: ModuleType) -> None:
    assert set(shown().values()) <= set(vars(guide))


def test_every_kind_has_a_section() -> None:
    headings = re.findall(r"^### (\w+)$", GUIDE, flags=re.M)

    assert headings == list(KINDS)


@pytest.mark.parametrize(
    ("component", "law"),
    [
        pytest.param(component, law, id=f"{name}-{law.id}", marks=slow_if_it_trains(law))
        for kind, name, *given in (
            *shown().items(),
            ("regularizer", "RecoversLatents"),
            ("decoder", "ShiftedByLabel", "label"),
            ("prior", "SpherePrior"),
            ("sampler", "LearnedLaplace"),
        )
        for component in [ComponentUnderTest(offer=offer(kind, name, given))]
        for law in checks_for(component.offer)
    ],
)
def test_every_component_shown_keeps_the_laws(
    guide: ModuleType, component: ComponentUnderTest, law: Law
) -> None:
    law(component)


def test_the_component_that_holds_a_part_keeps_the_laws(guide: ModuleType) -> None:
    plain = offer("decoder", "ScaledDecoder")
    component = attrs.evolve(plain.component, params=guide.ScaledDecoderParams)
    tested = ComponentUnderTest(offer=attrs.evolve(plain, component=component))

    for law in checks_for(tested.offer):
        law(tested)


def test_the_dataset_that_reads_other_files_reads_them_alike(
    guide: ModuleType, context: vaereg.BuildContext
) -> None:
    values = np.random.default_rng(0).uniform(0, 9, (900, 2)).astype(np.float32)
    np.savetxt(context.folder / "own.txt", values)
    dataset = guide.Columns(SimpleNamespace(path="own.txt"), context)
    data = dataset()
    np.savetxt(context.folder / "new.txt", values[5])
    with pytest.raises(vaereg.DataError, match=r"new.txt: .* vectors of shape \(2,\)"):
        dataset.read(context.folder / "new.txt", data.spec, lambda: data)
    np.savetxt(context.folder / "new.txt", values[5:6])
    read = dataset.read(context.folder / "new.txt", data.spec, lambda: data)
    assert np.array_equal(read.split.take(np.arange(1)), data.train.take(np.array([5])))


@pytest.mark.slow
def test_the_critic_that_holds_an_augmentation_keeps_the_laws(guide: ModuleType) -> None:
    plain = offer("discriminator", "AugmentedCritic")
    params, images = guide.AugmentedCriticParams, frozenset({"image"})
    component = attrs.evolve(plain.component, params=params, for_data=images)
    tested = ComponentUnderTest(offer=attrs.evolve(plain, component=component))

    for law in checks_for(tested.offer):
        law(tested)


def test_the_conditional_model_trains_and_draws_what_it_is_told(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("toml") if "[models.conditional]" in block)
    (tmp_path / "registry.toml").write_text(text, encoding="utf-8")
    small = [
        f'models.conditional.{key}.inner={{ use = "conv", widths = [4] }}'
        for key in ("encoder", "decoder")
    ]
    settings = [word for each in ("data.clothes.limit=256", *small) for word in ("--set", each)]
    done = vaereg_here("train", "-q", "--epochs", "1", *settings, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)["runs"][0]["run"]
    drawn = vaereg_here("sample", run, "-q", "-n", "4", "--given", "label=Bag", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The plugin of the tutorial, written to a folder and installed in place."""
    for path, text in files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (tmp_path / "src" / "vaereg_plugin_edges" / "__init__.py").touch()
    installed_in_place(tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    """Runs Python in the folder with the plugin installed; returns what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def found_here(folder: Path) -> Iterator[None]:
    """Installs the plugin for this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "src")
        installed_entries.cache_clear()
        try:
            yield
        finally:
            installed_entries.cache_clear()
            for name in [each for each in sys.modules if each.startswith("vaereg_plugin_edges")]:
                del sys.modules[name]


def run_here(folder: Path, *words: str) -> str:
    """Runs the program in this process with the plugin installed; returns what it printed."""
    with found_here(folder):
        done = vaereg_here(*words, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_plugin_shows_every_file_it_lists() -> None:
    listed = re.findall(r"^  (\S+\.(?:py|toml))(?!.*\(empty\))", GUIDE, flags=re.M)
    shown_later = {"registry.toml", "tests/test_edges.py", "tests/test_weights.py"}

    assert set(listed) == set(files()) - shown_later


def test_the_first_plugin_is_found_and_described(installed: Path) -> None:
    plugins = json.loads(run(installed, "-m", "vaereg.cli", "plugins", "--json"))["plugins"]
    (found,) = [each for each in plugins if each["distribution"] == "vaereg-plugin-edges"]
    assert found["status"] == "ok"

    described = run(installed, "-m", "vaereg.cli", "describe", "regularizer/edges")
    assert "vaereg-plugin-edges 0.1.0" in described
    assert "larger values favour the worst edges" in " ".join(described.split())  # it is wrapped

    run(installed, "-m", "vaereg.cli", "check")


@pytest.mark.slow
def test_the_first_plugin_keeps_the_laws(installed: Path) -> None:
    # Without the entry point of the fixtures, which may not be installed yet, and by their module.
    fixtures = ("-p", "no:vaereg", "-p", "vaereg.testing.fixtures")
    # In this process, which has imported keras.
    with found_here(installed):
        outcomes = inner_pytest(installed, *fixtures)

    assert len(outcomes.passed) > 20 + GUIDE.count("def test_")
    assert not outcomes.others


@pytest.mark.slow
def test_the_first_plugin_is_checked_without_pytest(installed: Path) -> None:
    checked = run_here(installed, "check-plugin", "vaereg-plugin-edges", "--minimum", "20")

    assert "regularizer/edges: " in checked
    assert ", 0 broken" in checked


@pytest.mark.slow
def test_the_first_plugin_trains(installed: Path) -> None:
    run_here(installed, "train")

    (history,) = (installed / "runs" / "edgy").glob("*/history.csv")
    (row,) = csv.DictReader(history.read_text(encoding="utf-8").splitlines())
    assert float(row["edges"]) > 0
