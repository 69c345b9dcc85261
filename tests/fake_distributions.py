"""Throw-away distributions: a folder that, put on sys.path, looks like installed plugins."""

from __future__ import annotations

import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PLUGIN = """
import attrs, vaereg

@attrs.frozen
class Params:
    alpha: float = vaereg.param(1.0, "how strongly it counts", ge=0, le=10)

@vaereg.hookimpl
def vaereg_components():
    return [{components}]
"""


def component(kind: str, name: str, *, package: str, more: str = "") -> str:
    """The source of one declaration, for `plugin_source`."""
    return (
        f'vaereg.Component(kind={kind!r}, name={name!r}, factory="{package}.parts:Part", '
        f'params=Params, summary="Made for a test.", {more})'
    )


def plugin_source(*components: str) -> str:
    """The source of a `plugin.py` that offers those components."""
    return PLUGIN.format(components=", ".join(components))


def fake_distribution(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    modules: Mapping[str, str],
    entry_points: Mapping[str, str],
) -> Path:
    """Writes a distribution into `folder` as an installer would, and returns its dist-info.

    Args:
        folder: put it on sys.path or PYTHONPATH.
        name, version: of the distribution.
        modules: "package.module" -> source; the packages' `__init__.py` are made where missing.
        entry_points: those in the group `vaereg`, name -> value.
    """
    for dotted, source in modules.items():
        *packages, module = dotted.split(".")
        home = folder.joinpath(*packages)
        home.mkdir(parents=True, exist_ok=True)
        for depth in range(len(packages)):
            folder.joinpath(*packages[: depth + 1], "__init__.py").touch()
        (home / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    lines = ["[vaereg]", *(f"{key} = {value}" for key, value in entry_points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return info


def simple_plugin(folder: Path, name: str, *components: tuple[str, str], more: str = "") -> Path:
    """A working distribution that offers those (kind, name) pairs and can build them."""
    package = name.replace("-", "_")
    declared = [component(kind, each, package=package, more=more) for kind, each in components]
    part = "class Part:\n    def __init__(self, params, context):\n        self.params = params\n"
    return fake_distribution(
        folder,
        name,
        modules={f"{package}.plugin": plugin_source(*declared), f"{package}.parts": part},
        entry_points={package.removeprefix("vaereg_plugin_"): f"{package}.plugin"},
    )


def wheel(folder: Path, built: Path, name: str, version: str = "1.0") -> Path:
    """Packs a folder written by `fake_distribution` into a wheel that pip installs."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = folder / f"{stem}.dist-info"
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        encoding="utf-8",
    )
    files = sorted(_files(folder))
    record = [f"{path},," for path in files] + [f"{info.name}/RECORD,,"]
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")
    target = built / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path in [*files, f"{info.name}/RECORD"]:
            archive.write(folder / path, path)
    return target


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def record_of(catalog: Any, distribution: str) -> Any:
    """The one record of a distribution in a catalog."""
    (record,) = (each for each in catalog.records if each.distribution == distribution)
    return record
