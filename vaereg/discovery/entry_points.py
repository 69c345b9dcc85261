"""Which plugins are installed: the only module that reads the metadata of distributions."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import importlib_metadata as metadata

from vaereg.discovery.blame import shortened
from vaereg.frozen import frozen
from vaereg.hookspecs import ENTRY_POINT_GROUP
from vaereg.wording import did_you_mean

OWN = "vaereg"
"""The distribution and the package of vaereg, whose built-in components are a plugin too."""

Distribution: TypeAlias = Any  # importlib_metadata's, whose folder has no type


class MisdirectedError(Exception):
    """An entry point names a module or an attribute that does not exist."""


@frozen(kw_only=True)
class InstalledEntry:
    """One entry point in the group `vaereg`, not imported yet.

    Args:
        distribution: the normalised name of the distribution that declares it.
        version: the distribution's version, or an empty string if it is unknown.
        entry: the entry point's name.
        value: what it points to: "package.module" or "package.module:attribute".
        origin: where the distribution was installed from, if not from an index (PEP 610), such as
            "editable file:///src/plugin".
        problem: why a listed entry point cannot be used, or an empty string.
    """

    distribution: str
    version: str
    entry: str
    value: str
    origin: str = ""
    problem: str = ""

    @property
    def package(self) -> str:
        """The top-level package of the entry point."""
        return re.split(r"[.:\s]", self.value, maxsplit=1)[0]

    def load(self) -> object:
        """Imports the object that the entry point names; exceptions of its modules are passed on.

        Raises:
            MisdirectedError: with what is missing and what to do, in one line.
        """
        module_name, _, attribute = (part.strip() for part in self.value.partition(":"))
        try:
            target: object = import_module(module_name)
        except ModuleNotFoundError as fault:
            # If a module that the plugin imports is missing, the entry point is not at fault.
            if fault.name and f"{module_name}.".startswith(f"{fault.name}."):
                raise self._misdirected(f"there is no module `{fault.name}`") from fault
            raise
        except (TypeError, ValueError) as fault:
            if module_name and module_name[0] != ".":
                raise
            raise self._misdirected(f"`{module_name}` is not a module name") from fault
        path = module_name
        for name in filter(None, attribute.split("[")[0].strip().split(".")):
            try:
                target = getattr(target, name)
            except AttributeError as fault:
                close = did_you_mean(name, [each for each in dir(target) if each[0] != "_"])
                missing = f"`{path}` has no `{name}`" + (f" ({close})" if close else "")
                raise self._misdirected(missing) from fault
            path += f".{name}"
        return target

    def _misdirected(self, missing: str) -> MisdirectedError:
        origin = f" (installed as {self.origin})" if self.origin else ""
        return MisdirectedError(
            f'its entry point {self.entry} = "{self.value}"{origin} points to nothing: {missing}; '
            "correct [project.entry-points.vaereg] in its pyproject.toml and reinstall it, or "
            f"remove it with `python -m pip uninstall {self.distribution}`"
        )


def normalized(name: str) -> str:
    """A distribution's name, normalised by PEP 503: `Vaereg_Plugin.X` is `vaereg-plugin-x`."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def installed_entries() -> tuple[InstalledEntry, ...]:
    """Every entry point in the group `vaereg`, by distribution and entry; read once per process."""
    try:
        entries = [
            _installed_entry(entry) for entry in metadata.entry_points(group=ENTRY_POINT_GROUP)
        ]
    except Exception:  # noqa: BLE001  # one malformed entry_points.txt must not hide the others
        entries = _one_distribution_at_a_time()
    return tuple(sorted(entries, key=lambda each: (each.distribution, each.entry)))


def entries_by_package() -> dict[str, InstalledEntry]:
    """Top-level package -> an entry point of its distribution; without vaereg's own package.

    It covers the packages that entry points name, and the others of the same distributions.
    """
    entries = [each for each in installed_entries() if each.distribution != OWN]
    found = {each.package: each for each in entries if each.package not in ("", OWN)}
    by_distribution = {each.distribution: each for each in entries}
    for package, distributions in metadata.packages_distributions().items():
        for name in map(normalized, distributions):
            if package != OWN and name in by_distribution:
                found.setdefault(package, by_distribution[name])
    return found


def _one_distribution_at_a_time() -> list[InstalledEntry]:
    installed: list[InstalledEntry] = []
    seen: set[str] = set()
    for distribution in metadata.distributions():
        name = normalized(_folder_name(distribution))
        if name in seen:  # the first on sys.path is the one that is imported
            continue
        seen.add(name)
        try:
            entries = distribution.entry_points.select(group=ENTRY_POINT_GROUP)
        except Exception as fault:  # noqa: BLE001  # as above
            text = distribution.read_text("entry_points.txt") or ""
            if f"[{ENTRY_POINT_GROUP}]" in text:
                problem = f"its entry_points.txt cannot be read ({type(fault).__name__}: {fault})"
                installed.append(
                    InstalledEntry(
                        distribution=name, version="", entry="?", value="?", problem=problem
                    )
                )
            continue
        installed.extend(_installed_entry(entry) for entry in entries)
    return installed


def _installed_entry(entry: metadata.EntryPoint) -> InstalledEntry:
    distribution: Distribution = entry.dist
    problem = ""
    try:
        name, version = _name_and_version(distribution)
        origin = _origin(distribution)
    except (LookupError, OSError, ValueError):  # the metadata is missing, empty or unreadable
        name, version, origin = _folder_name(distribution), "", ""
        problem = (
            "its metadata is missing, since it is only partly installed or removed; "
            f"run `python -m pip install --force-reinstall {normalized(name)}`, or delete its "
            "dist-info folder"
        )
    return InstalledEntry(
        distribution=normalized(name),
        version=version,
        entry=entry.name,
        value=entry.value,
        origin=origin,
        problem=problem,
    )


def where_listed(entry: InstalledEntry) -> str:
    """`file:line` of the entry point in its distribution's entry_points.txt, or ""."""
    line = re.compile(rf"\s*{re.escape(entry.entry)}\s*=")
    for distribution in metadata.distributions(name=entry.distribution):
        file = Path(str(getattr(distribution, "_path", "")), "entry_points.txt")
        if not file.is_file():
            continue
        group = ""
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            group = text.strip() if text.strip().startswith("[") else group
            if group == f"[{ENTRY_POINT_GROUP}]" and line.match(text):
                return f"{shortened(str(file))}:{number}"
    return ""


def version_of(*distributions: str) -> str:
    """The version of the first of these distributions that is installed, or an empty string."""
    for distribution in distributions:
        try:
            return metadata.version(distribution)
        except Exception:  # noqa: BLE001  # missing, or only partly installed
            continue
    return ""


def requirements_of(distribution: str) -> tuple[str, ...]:
    """The declared requirements of a distribution (PEP 508), extras included; empty if unknown."""
    try:
        return tuple(metadata.requires(distribution) or ())
    except Exception:  # noqa: BLE001  # missing, or only partly installed
        return ()


def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    """Reads only the head of METADATA: the email parser takes a fifth of a short command's time."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    fields = dict(
        line.split(": ", 1) for line in text.split("\n\n")[0].splitlines() if ": " in line
    )
    return fields["Name"].strip(), fields["Version"].strip()


def _folder_name(distribution: Distribution) -> str:
    # No public attribute gives the folder, which names distributions with unreadable metadata.
    folder = getattr(distribution, "_path", None)
    stem = str(getattr(folder, "name", "unknown"))
    return re.sub(r"(-[^-]*)?\.(dist|egg)-info$", "", stem)


def _origin(distribution: Distribution) -> str:
    text = distribution.read_text("direct_url.json")
    if not text:
        return ""
    import json  # rarely needed: most distributions come from an index

    origin = json.loads(text)
    editable = origin.get("dir_info", {}).get("editable", False)
    commit = origin.get("vcs_info", {}).get("commit_id", "")
    return f"{'editable ' if editable else ''}{origin['url']}{f'@{commit}' if commit else ''}"
