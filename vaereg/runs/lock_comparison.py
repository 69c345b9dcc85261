"""Compares the run lock with what is installed now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from vaereg.discovery.records import PluginRecord
from vaereg.errors import LockError, PluginError, RunError
from vaereg.runs.atomic import Json

RESUME = "resume"
SAMPLE = "sample"


@attrs.frozen
class LockDifference:
    """One difference between the run lock and what is installed now.

    Args:
        what: what differs, in words.
        locked, found: the value in the lock, and the value now.
        harmless: whether the run can be used in spite of the difference.
    """

    what: str
    locked: str
    found: str
    harmless: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.locked or 'none'} in the run, {self.found or 'none'} here"


def check_plugins(run: object, lock: Mapping[str, Json], records: Sequence[PluginRecord]) -> None:
    """Checks that the plugins of a run can be used now.

    Raises:
        PluginError: naming each missing plugin with its version, and how to install it.
    """
    by_name = {record.distribution: record for record in records}
    faults = []
    needed = {entry["distribution"]: entry for entry in _components(lock).values()}
    for name, entry in sorted(needed.items()):
        record = by_name.get(name)
        if record is None:
            origin = f" (it was installed from {entry['origin']})" if entry["origin"] else ""
            faults.append(
                f"{run} was made with {name} {entry['version']}, which is not installed.\n"
                f"  pip install {name}=={entry['version']}{origin}"
            )
        elif record.status != "ok":
            faults.append(
                f"{run} was made with {name} {entry['version']}; {record.label} is "
                f"{record.explanation}"
            )
    if faults:
        raise PluginError("\n".join(faults))


def differences(
    lock: Mapping[str, Json], now: Mapping[str, Json], purpose: str = RESUME
) -> list[LockDifference]:
    """All differences; those that prevent the use of the run come first.

    Args:
        lock: the lock of the run.
        now: what `make_lock` returns now.
        purpose: "resume" to continue the training bit for bit, or "sample" if only the components
            matter.
    """
    try:
        found = _component_differences(_components(lock), _components(now))
        if purpose == RESUME:
            found += _environment_differences(lock, now)
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(f"the run's lock.json has an unknown format: {error!r}") from error
    return sorted(found, key=lambda each: each.harmless)


def check_lock(run: object, found: Sequence[LockDifference], *, ignore: bool) -> list[str]:
    """Raises for harmful differences unless they are ignored; returns all others as warnings.

    Raises:
        LockError: listing the harmful differences.
    """
    harmful = [each for each in found if not each.harmless]
    if harmful and not ignore:
        raise LockError(
            f"installed versions differ from those that {run} was made with:\n  "
            + "\n  ".join(map(str, harmful))
            + "\nInstall the versions of the run, or use the option ignore_lock; results may then "
            "differ."
        )
    return [f"the installation differs from the lock file of {run}: {each}" for each in found]


def _components(lock: Mapping[str, Json]) -> Mapping[str, Mapping[str, str]]:
    try:
        components: Mapping[str, Mapping[str, str]] = lock["components"]
    except (KeyError, TypeError):
        raise RunError("the run's lock.json has no components; it is damaged.") from None
    return components


def _component_differences(
    locked: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]
) -> list[LockDifference]:
    found = []
    for slot, old in locked.items():
        new = now.get(slot)
        if new is None or new["component"] != old["component"]:
            other = new["component"] if new else ""
            found.append(LockDifference(slot, old["component"], other))
        elif new["version"] != old["version"]:
            found.append(
                LockDifference(
                    f"{slot} ({old['component']})",
                    f"{old['distribution']} {old['version']}",
                    f"{new['distribution']} {new['version']}",
                    # Patch releases of vaereg give equal results; plugins make no such promise.
                    harmless=old["distribution"] == "vaereg"
                    and _minor(old["version"]) == _minor(new["version"]),
                )
            )
        elif old["sha256"] and new["sha256"] != old["sha256"]:
            found.append(
                LockDifference(
                    f"{slot} ({old['component']} {old['version']}), the source of {old['factory']}",
                    f"sha256 {old['sha256'][:12]}",
                    f"sha256 {new['sha256'][:12]}",
                )
            )
    return found


def _environment_differences(
    lock: Mapping[str, Json], now: Mapping[str, Json]
) -> list[LockDifference]:
    old, new = lock["backend"], now["backend"]
    found = []
    if old["name"] != new["name"]:
        found.append(LockDifference("Keras backend", old["name"], new["name"]))
    elif old["version"] != new["version"]:
        harmless = _minor(old["version"]) == _minor(new["version"])
        found.append(LockDifference(old["name"], old["version"], new["version"], harmless))
    if lock["keras"] != now["keras"]:
        harmless = _minor(lock["keras"]) == _minor(now["keras"])
        found.append(LockDifference("keras", lock["keras"], now["keras"], harmless))
    if lock["dataset"]["digest"] != now["dataset"]["digest"]:
        found.append(
            LockDifference(
                f"the content of data {lock['dataset']['name']!r}",
                lock["dataset"]["digest"][:16],
                now["dataset"]["digest"][:16],
            )
        )
    held, holds = _held(lock), _held(now)
    found += [
        LockDifference(f"the extractor {name} that the model holds", held[name], holds[name])
        for name in sorted(held.keys() & holds.keys())
        if held[name] != holds[name]
    ]
    for key in ("vaereg", "python", "platform", "devices"):
        if lock[key] != now[key]:
            found.append(LockDifference(key, _words(lock[key]), _words(now[key]), harmless=True))
    # locks of earlier versions have no variables
    then, here = lock.get("environment", now["environment"]), now["environment"]
    found += [
        LockDifference(
            f"the environment variable {name}",
            then.get(name, ""),
            here.get(name, ""),
            harmless=True,
        )
        for name in sorted({*then, *here})
        if then.get(name) != here.get(name)
    ]
    return found


def _held(lock: Mapping[str, Json]) -> dict[str, str]:
    """The digests of the feature extractors that the model holds, by name."""
    return {each["name"]: each["digest"] for each in lock.get("held_extractors", [])}


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _words(value: Json) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
