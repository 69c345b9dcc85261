"""Throw-away distributions: a folder that looks like installed plugins once it is on sys.path."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

GROUP = "vaereg"


def fake_distribution(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    modules: Mapping[str, str],
    entry_points: Mapping[str, str] | None = None,
) -> Path:
    """Writes a distribution into `folder` as an installer would.

    Args:
        folder: the folder to put on sys.path or PYTHONPATH.
        name, version: of the distribution.
        modules: "package.module" -> source; missing `__init__.py` files of packages are added.
        entry_points: name -> value in the group `vaereg`; by default one for each module named
            `plugin`, under the name of its package.

    Returns:
        The distribution's dist-info folder.
    """
    for dotted, source in modules.items():
        *packages, module = dotted.split(".")
        home = folder.joinpath(*packages)
        home.mkdir(parents=True, exist_ok=True)
        for depth in range(len(packages)):
            folder.joinpath(*packages[: depth + 1], "__init__.py").touch()
        (home / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    if entry_points is None:
        plugins = [each for each in modules if each.endswith(".plugin")]
        entry_points = {each.split(".")[-2]: each for each in plugins}
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    lines = [f"[{GROUP}]", *(f"{key} = {value}" for key, value in entry_points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return info
