"""The content of a lock.json, for runs that no training made."""

from __future__ import annotations

from vaereg.contracts.plain_values import JsonObject

COMPONENT = {
    "component": "vaereg/dense",
    "distribution": "vaereg",
    "version": "0.1.0",
    "factory": "vaereg.basics.encoders.dense:Dense",
    "sha256": "",
    "origin": "",
}


def made_lock(**changes: object) -> JsonObject:
    """A complete lock with some keys changed; in tables, only the given keys change."""
    lock: JsonObject = {
        "form": 2,
        "vaereg": "0.1.0",
        "python": "3.11.7",
        "keras": "3.15.1",
        "backend": {"name": "tensorflow", "version": "2.21.0"},
        "platform": "Linux",
        "devices": ["CPU"],
        "model": "sharp",
        "seed": 0,
        "dataset": {
            "name": "blobs",
            "digest": "12ab",
            "examples": 100,
            "spec": {"form": "image", "shape": [8, 8, 1]},
        },
        "components": {},
    }
    for key, value in changes.items():
        known = lock.get(key)
        merge = isinstance(known, dict) and isinstance(value, dict)
        lock[key] = {**known, **value} if merge else value  # type: ignore[dict-item]
    return lock
