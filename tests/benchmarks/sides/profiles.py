"""Where a backend's profiler says that time goes: milliseconds by the operation's name."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

CONTAINERS = ("while", "call", "conditional", "end:")
"""Begin the names of operations of XLA whose time is that of others within them."""


def jax_operations(run: Callable[[], Any]) -> dict[str, float]:
    """XLA's operations, on the accelerator where there is one, while `run` is called."""
    import jax

    with tempfile.TemporaryDirectory() as folder:
        with jax.profiler.trace(folder):
            run()
        found: Counter[str] = Counter()
        for path in Path(folder).rglob("*.xplane.pb"):
            planes = list(jax.profiler.ProfileData.from_file(str(path)).planes)
            for event in _xla_events(planes):
                if not event.name.startswith(CONTAINERS):
                    found[event.name] += event.duration_ns / 1e6
    return dict(found.most_common())


def _xla_events(planes: Iterable[Any]) -> Iterable[Any]:
    devices = [plane for plane in planes if plane.name.startswith("/device:")]
    if not devices:  # on the processor, its threads hold other events, too
        for plane in planes:
            for line in plane.lines:
                yield from (e for e in line.events if any(n == "hlo_op" for n, _ in e.stats))
        return
    for plane in devices:
        lines = list(plane.lines)
        chosen = [line for line in lines if line.name == "XLA Ops"]
        for line in chosen or [line for line in lines if line.name.startswith("Stream")]:
            yield from line.events


def torch_operations(run: Callable[[], Any]) -> dict[str, float]:
    """Kernels where there is an accelerator, else operators, while `run` is called."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    on_gpu = torch.cuda.is_available()
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * on_gpu
    with profile(activities=activities) as profiler:
        run()
        if on_gpu:
            torch.cuda.synchronize()
    found: Counter[str] = Counter()
    for each in profiler.key_averages():
        if not on_gpu:
            found[each.key] += each.self_cpu_time_total / 1e3
        elif each.device_type == torch.autograd.DeviceType.CUDA:  # else a kernel counts twice
            found[each.key] += each.self_device_time_total / 1e3
    return dict(found.most_common())
