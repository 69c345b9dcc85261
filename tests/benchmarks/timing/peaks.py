"""What matrix units can do at most, by the name of the device."""

from __future__ import annotations

PEAKS = (
    ("H100 PCIe", 756.0, 378.0),
    ("H100 NVL", 835.0, 417.0),
    ("H100", 989.4, 494.7),
    ("H200", 989.4, 494.7),
    ("A100", 312.0, 156.0),
    ("L4", 121.0, 60.0),
    ("RTX 4090", 165.2, 82.6),
)
"""A part of the name; 10^12 operations a second in bfloat16 and in TF32, which is how matrix units
take float32; dense, from the vendor's data sheets. The first that fits counts."""


def peak_tflops(device: str, precision: str) -> float | None:
    """10^12 operations a second, or None if the device is not known.

    Args:
        device: its name, as the backend tells it.
        precision: "float32" (by TF32) or "mixed_bfloat16".
    """
    words = device.split()
    for part, bfloat16, tf32 in PEAKS:
        if f" {part} " in f" {' '.join(words)} ":  # L4 is no part of L40S
            return bfloat16 if precision == "mixed_bfloat16" else tf32
    return None
