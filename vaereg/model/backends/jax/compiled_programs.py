"""Programs that JAX compiled, kept for the next run."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import stat
import warnings
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import jax

SUMS = "vaereg-sums.json"
"""The file with the checksum of each program."""

SUFFIX = "-cache"
"""How the names of JAX's files of programs end."""


def keep_compiled_programs(cache: Path, tell: Callable[[str], None]) -> None:
    """Lets JAX keep its compiled programs, so that a second run of a model need not wait for them.

    The other backends compile faster than they could read compiled programs. A folder that the
    user chose (JAX_COMPILATION_CACHE_DIR) is not changed.

    JAX writes a program in place, reads what a killed process left of it, and replaces no file. So
    damaged files are removed before it reads them. Programs of other versions have other names.

    Args:
        cache: the folder of everything that can be made again.
        tell: is told of damaged programs.
    """
    if getattr(jax.config, "jax_compilation_cache_dir", None):  # untyped in its stubs
        return
    folder = cache / "jax"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole, damaged = _whole(folder)
    except OSError:  # without the folder, programs are compiled as if there were no cache
        return
    if damaged:
        plural = "programs were" if damaged > 1 else "program was"
        _write_sums(folder, whole)  # what is compiled in their place has other checksums
        tell(f"{folder}: {damaged} compiled {plural} damaged; they are compiled anew")
    update: Callable[[str, object], None] = jax.config.update  # it has no types of its own
    update("jax_compilation_cache_dir", str(folder))
    # Small ones too: building a model computes a hundred of them, one operation each.
    update("jax_persistent_cache_min_compile_time_secs", 0.0)
    # A program that cannot be kept, as on a full disk, is one that the next run compiles.
    for doing in ("reading", "writing"):
        warnings.filterwarnings("ignore", f"Error {doing} persistent compilation cache entry")
    atexit.register(_write_sums, folder, whole)


def _whole(folder: Path) -> tuple[dict[str, int], int]:
    """The checksums of whole files by name, and how many damaged ones were removed.

    A file without a checksum is one of a process that was killed, or is running: it is whole if it
    can be unpacked, and otherwise not counted.
    """
    sums, whole, damaged = _sums(folder), {}, 0
    for path in folder.glob(f"*{SUFFIX}"):
        if not stat.S_ISREG(path.lstat().st_mode):  # reading a pipe would wait for a writer
            _remove(path)
            damaged += 1
            continue
        content = path.read_bytes()
        checksum = zlib.crc32(content)
        if checksum == sums[path.name] if path.name in sums else _can_be_unpacked(content):
            whole[path.name] = checksum
        else:
            _remove(path)
            damaged += path.name in sums
    return whole, damaged


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that is not empty is left alone
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def _can_be_unpacked(content: bytes) -> bool:
    from jax._src.compilation_cache import decompress_executable  # JAX has no public name for it

    try:
        decompress_executable(content)
    except Exception:  # noqa: BLE001  # each of its ways to pack has errors of its own
        return False
    return True


def _sums(folder: Path) -> dict[str, int]:
    """The checksums by name; none if they are not there or damaged, as all can be found again."""
    try:
        if not (folder / SUMS).is_file():
            return {}
        found = json.loads((folder / SUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: each for name, each in found.items() if isinstance(each, int)}


def _write_sums(folder: Path, whole: Mapping[str, int]) -> None:
    """Writes the checksums of all programs, of which some are known."""
    unfinished = folder / f"{SUMS}.{os.getpid()}.tmp"
    try:
        sums = dict(whole)
        for path in folder.glob(f"*{SUFFIX}"):
            if path.name not in sums and path.is_file():
                content = path.read_bytes()
                if _can_be_unpacked(content):  # another process may be writing it
                    sums[path.name] = zlib.crc32(content)
        if sums != _sums(folder):
            unfinished.write_text(json.dumps(sums), encoding="utf-8")
            unfinished.replace(folder / SUMS)
    except OSError:  # a full disk; what has no checksum is unpacked to try it
        with contextlib.suppress(OSError):
            unfinished.unlink()
