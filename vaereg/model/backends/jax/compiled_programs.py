"""Programs that JAX compiled, kept for the next run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jax


def keep_compiled_programs(cache: Path) -> None:
    """Lets JAX keep its compiled programs, so that a second run of a model need not wait for them.

    The other backends compile faster than they could read compiled programs. A folder that the
    user chose (JAX_COMPILATION_CACHE_DIR) is not changed.

    Args:
        cache: the folder of everything that can be made again.
    """
    if getattr(jax.config, "jax_compilation_cache_dir", None):  # untyped in its stubs
        return
    update: Callable[[str, object], None] = jax.config.update  # it has no types of its own
    update("jax_compilation_cache_dir", str(cache / "jax"))
    # Small ones too: building a model computes a hundred of them, one operation each.
    update("jax_persistent_cache_min_compile_time_secs", 0.0)
