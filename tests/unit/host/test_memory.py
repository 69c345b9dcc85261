"""Peak and free memory."""

import numpy as np
import pytest

from vaereg.host.memory import MEMORY_INFO, free_memory, peak_device_memory, peak_memory, size


@pytest.mark.slow
def test_the_peak_grows_with_allocations_and_never_falls():
    before = peak_memory()
    if before is None:
        pytest.skip("this system does not tell it")
    held = np.ones(before + 2**26, np.uint8)  # filled, so that the memory is really used
    grown = peak_memory()
    assert grown >= 0.95 * held.nbytes
    assert grown > before
    del held
    assert peak_memory() >= grown


def test_free_memory_is_what_linux_says_is_available(tmp_path, monkeypatch):
    info = tmp_path / "meminfo"
    monkeypatch.setattr("vaereg.host.memory.MEMORY_INFO", info)
    assert free_memory() is None  # as on another system
    info.write_text("MemTotal: 9000 kB\nMemAvailable:    2000 kB\n")
    assert free_memory() == 2000 * 1024
    info.write_text("something else\n")
    assert free_memory() is None
    if MEMORY_INFO.exists():
        monkeypatch.undo()
        assert free_memory() > 0


def test_device_memory_is_known_only_with_an_accelerator():
    from vaereg.host.devices import devices

    if any(not device.startswith("CPU") for device in devices()):
        assert peak_device_memory() > 0
    else:
        assert peak_device_memory() is None


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (812e6, "812 MB"), (1.25e9, "1.2 GB"), (3e12, "3.0 TB")],
)
def test_sizes_are_written_with_units(count, words):
    assert size(count) == words
