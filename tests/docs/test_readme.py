"""The examples of README.md run, and show the real output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vaereg
from tests.helpers.evaluated_run import quick_classifier
from tests.helpers.tiny_run import vaereg_here
from vaereg.cli.commands import COMMANDS
from vaereg.declaration.resolve import resolve_all
from vaereg.declaration.text.document import parse_document, read_document
from vaereg.declaration.text.template import INIT_TEMPLATE
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import installed_entries
from vaereg.errors import DeclarationError

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.S | re.M)


def test_the_gate_finds_its_commands():
    names = re.findall(r"^<!-- ci: (\S+) -->\n```bash\n", README, flags=re.M)

    assert names == ["first", "tests", "first-look", "evaluate"]


def test_the_gate_finds_the_commands_of_a_plugin():
    readmes = sorted((ROOT / "plugins").glob("*/README.md"))
    if not readmes:
        pytest.skip("no plugin lies beside the core here")
    marked = {
        readme: re.findall(
            r"^<!-- ci: (\S+) -->\n```bash\n(.*?)^```",
            readme.read_text(encoding="utf-8"),
            flags=re.S | re.M,
        )
        for readme in readmes
    }
    assert marked[readmes[0]], "the gate runs the README of the first plugin"
    for readme, found in marked.items():
        if not found:  # a package as `vaereg new-plugin` writes it
            continue
        ((name, commands),) = found
        assert name == "tests"
        assert commands.splitlines() == [
            "pip install '.[test]'",
            "pytest",
            f"vaereg check-plugin {readme.parent.name}",
        ]


def test_every_registry_shown_is_right():
    shown = blocks("toml")
    assert shown
    for text in shown:
        resolve_all(parse_document(text, "README.md", ROOT), discover())


def test_the_projects_own_registry_is_right():
    catalog = discover()
    if not catalog.offers("discriminator"):
        pytest.skip("vaereg-plugin-adversarial is not installed")
    declarations = resolve_all(read_document(ROOT / "registry.toml"), catalog)

    assert {"seed", "baseline", "sharp", "sharp_critic", "vaegan"} <= declarations.keys()


def test_the_error_shown_in_the_readme_is_the_real_one():
    (shown,) = re.findall(r"^```\n(error\[.*?)^```", README, flags=re.S | re.M)
    text = (
        'default = "m"\n[data.d]\nuse = "fashion_mnist"\n[models.m]\ndata = "d"\n'
        'latent = 2\n\nprior = "vampp"\n'
    )
    shipped = {"vaereg", "vaereg-plugin-adversarial", "vaereg-plugin-flow"}
    entries = [each for each in installed_entries() if each.distribution in shipped]
    catalog = discover(entry_points=entries)  # the error lists what is installed
    if "real_nvp" not in {offer.name for offer in catalog.offers("prior")}:
        pytest.skip("vaereg-plugin-flow is not installed")
    with pytest.raises(DeclarationError) as caught:
        resolve_all(parse_document(text, "registry.toml", ROOT), catalog)

    assert shown.strip() == caught.value.problems[0].render().strip()


def test_every_command_shown_exists():
    shown = re.findall(r"vaereg ([a-z][a-z-]+)", " ".join(blocks("bash")))
    table = re.findall(r"`vaereg ([a-z][a-z-]*)[^`]*`", README)

    assert shown
    assert {*shown, *table} <= {*COMMANDS}


def test_every_built_in_component_is_in_the_table():
    rows = re.findall(r"^\| ([a-z_, ]+) \| (`.*) \|$", README, flags=re.M)
    listed = {
        (kind.strip(), name)
        for kinds, names in rows
        for kind in kinds.split(",")
        for name in re.findall(r"`(\w+)`", names)
    }
    installed = {(offer.kind, offer.name) for offer in discover(no_plugins=True).offers()}

    assert installed <= listed


@pytest.mark.slow
def test_every_python_block_runs(tmp_path, monkeypatch):
    text = (ROOT / "registry.toml").read_text(encoding="utf-8")
    few, changed = re.subn(r'^source = "bundled".*$', 'path = "few.npz"', text, flags=re.M)
    assert changed == 1
    few = few.replace('use = "fashion_mnist"', 'use = "arrays"')
    few = few.replace("widths = [32, 64]", "widths = [2, 4]").replace("[64, 32]", "[4, 2]")
    (tmp_path / "registry.toml").write_text(few, encoding="utf-8")
    write_few_images(tmp_path / "few.npz")
    monkeypatch.chdir(tmp_path)
    for model in ("baseline", "sharp"):
        vaereg.train("registry.toml", model, epochs=1, samples_every=0, quiet=True)
    shown = blocks("python")
    assert shown
    with quick_classifier(steps=20):
        for text in shown:
            exec(compile(text, "README.md", "exec"), {})


def write_few_images(path):
    """Writes labelled images of the size of Fashion-MNIST's, too few to take minutes."""
    rng = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", 256), ("val", 100), ("test", 120)):
        labels = np.arange(count) % 4
        images = rng.integers(0, 128, (count, 28, 28, 1), dtype=np.uint8)
        images[np.arange(count), 7 * labels] = 255  # a bright row shows the class
        arrays |= {f"x_{split}": images, f"y_{split}": labels}
    np.savez(path, **arrays)


@pytest.mark.slow
def test_every_python_block_is_typed(tmp_path):
    pytest.importorskip("mypy")
    for number, text in enumerate(blocks("python")):
        (tmp_path / f"block_{number}.py").write_text(text)
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-keras.*]\nignore_missing_imports = true\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )

    assert done.returncode == 0, done.stdout


def test_the_registry_shown_is_the_projects_own():
    own = tomllib.loads((ROOT / "registry.toml").read_text(encoding="utf-8"))
    shown = tomllib.loads(blocks("toml")[0])

    assert shown["train"] == own["train"]
    assert shown["data"] == own["data"]
    assert all(own["models"][name] == table for name, table in shown["models"].items())


def test_init_declares_the_same_regularizer():
    own = tomllib.loads((ROOT / "registry.toml").read_text(encoding="utf-8"))
    written = tomllib.loads(INIT_TEMPLATE)

    weights = {
        registry["models"][name]["regularizers"]["focal_frequency"]["weight"]
        for registry, name in ((own, "sharp"), (written, "second"))
    }
    assert len(weights) == 1


@pytest.mark.slow
def test_the_commands_for_ones_own_data_run(tmp_path):
    (text,) = re.findall(r"^<!-- docs: own-data -->\n```bash\n(.*?)^```", README, re.S | re.M)
    folder = tmp_path / "project"
    rng = np.random.default_rng(0)
    (folder / "photos").mkdir(parents=True)
    for number in range(240):
        image = rng.integers(0, 256, (16, 20, 3), np.uint8)
        Image.fromarray(image).save(folder / "photos" / f"{number}.png")

    first, *commands = (shlex.split(line) for line in text.splitlines())

    assert first == ["cd", folder.name]
    for program, *words in commands:
        assert program == "vaereg"
        done = vaereg_here(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert "data mine: " in done.stdout and "image 16 x 20 x 3" in done.stdout


def test_no_command_shown_needs_more_than_a_shell():
    for block in blocks("bash"):
        for line in block.splitlines():
            shlex.split(line)
