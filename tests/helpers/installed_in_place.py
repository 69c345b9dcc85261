"""A package that is installed in place, without pip."""

from __future__ import annotations

import tomllib
from pathlib import Path


def installed_in_place(package: Path) -> None:
    """Writes the metadata of an installation next to the source, so src/ on sys.path suffices."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    info = package / "src" / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    entries = project["entry-points"]["vaereg"].items()
    (info / "entry_points.txt").write_text(
        "[vaereg]\n" + "".join(f"{key} = {value}\n" for key, value in entries)
    )
