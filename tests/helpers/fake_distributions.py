"""Plugins to write into throw-away distributions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vaereg.testing.fake_distribution import fake_distribution as fake_distribution

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
    files = sorted(_relative_paths(folder))
    record = [f"{path},," for path in files] + [f"{info.name}/RECORD,,"]
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")
    target = built / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path in [*files, f"{info.name}/RECORD"]:
            archive.write(folder / path, path)
    return target


def _relative_paths(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def record_of(catalog: Any, distribution: str) -> Any:
    """The one record of a distribution in a catalog."""
    (record,) = (each for each in catalog.records if each.distribution == distribution)
    return record
