"""Every known defect with its three strengths and the question that must answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import attrs
import numpy as np

from tests.battery.defects.composition import blends, cut_and_paste, mirror_halves, residue
from tests.battery.defects.images import LEVELS, Images, quantized
from tests.battery.defects.membership import copies, dropped, foreign, repeated
from tests.battery.defects.texture import (
    blocks,
    blur,
    checkerboard,
    columns,
    dots,
    noise,
    ringing,
)
from tests.battery.defects.tone import colour_cast, contrast, posterization

Question = Literal["sharp", "varied", "true"]
Strength = Literal["weak", "middle", "strong"]

STRENGTHS: tuple[Strength, ...] = ("weak", "middle", "strong")
"""Barely visible, plainly visible, obvious."""


@attrs.frozen(kw_only=True)
class Defect:
    """A known defect.

    Args:
        name: its name in tables.
        question: the question that must answer it.
        why: why this question, where another is natural too; else empty.
        values: its value at each strength.
        amplitude: the value in words, with {} for the value.
        lay: (images, value, rng) -> the images with the defect.
    """

    name: str
    question: Question
    why: str = ""
    values: tuple[float, float, float]
    amplitude: str
    lay: Callable[[Images, float, np.random.Generator], np.ndarray]

    def on(self, images: Images, strength: Strength, seed: int = 0) -> np.ndarray:
        """The base with the defect, quantized to 8 bits."""
        rng = np.random.default_rng((seed, sum(self.name.encode())))
        return quantized(self.lay(images, self._value(strength), rng))

    def told(self, strength: Strength) -> str:
        """How strong it is, in words."""
        value = self._value(strength)
        left = f"{100 * (1 - value):.0f} %"
        return self.amplitude.format(value, percent=f"{100 * value:g} %", left=left)

    def _value(self, strength: Strength) -> float:
        return self.values[STRENGTHS.index(strength)]


def change(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """The share of images that differ, and the root mean square of it there, in grey levels."""
    squares = np.square((after - before) * LEVELS).mean(axis=(1, 2, 3))
    differ = squares > 0
    return float(differ.mean()), float(np.sqrt(squares[differ].mean())) if differ.any() else 0.0


OF_IMAGES = "{percent} of the images"

DEFECTS = (
    Defect(
        name="blur",
        question="sharp",
        values=(0.35, 0.5, 1.0),
        amplitude="Gaussian, sigma {:g} pixels",
        lay=blur,
    ),
    Defect(
        name="columns",
        question="sharp",
        values=(3, 8, 24),
        amplitude="±{:g} of 255 grey levels",
        lay=columns,
    ),
    Defect(
        name="checkerboard",
        question="sharp",
        values=(3, 8, 24),
        amplitude="±{:g} of 255 grey levels",
        lay=checkerboard,
    ),
    Defect(
        name="dots",
        question="sharp",
        values=(6, 16, 48),
        amplitude="±{:g} of 255 grey levels, one pixel in eight",
        lay=dots,
    ),
    Defect(
        name="noise",
        question="sharp",
        why="power that real images do not have; that they are not real shows in `true` too",
        values=(3, 8, 24),
        amplitude="standard deviation of {:g} of 255 grey levels",
        lay=noise,
    ),
    Defect(
        name="8x8 blocks",
        question="sharp",
        why="details are lost, and edges come at every eighth pixel",
        values=(0.5, 1.5, 5.0),
        amplitude="JPEG's steps of quality 50, times {:g}",
        lay=blocks,
    ),
    Defect(
        name="ringing",
        question="sharp",
        why="one band of frequencies has too much power",
        values=(0.2, 0.6, 2.0),
        amplitude="amplitude of half the Nyquist frequency raised by {percent}",
        lay=ringing,
    ),
    Defect(
        name="posterization",
        question="true",
        why="edges stay sharp; the values between are wrong",
        values=(24, 10, 5),
        amplitude="{:g} grey levels left",
        lay=posterization,
    ),
    Defect(
        name="contrast",
        question="true",
        why="blur and detail stay in proportion; the tones are wrong",
        values=(0.06, 0.2, 0.5),
        amplitude="{left} of the contrast left",
        lay=contrast,
    ),
    Defect(
        name="colour cast",
        question="true",
        values=(5, 15, 40),
        amplitude="{:g} of 255 grey levels",
        lay=colour_cast,
    ),
    Defect(
        name="mirror halves",
        question="true",
        values=(0.05, 0.25, 1.0),
        amplitude=OF_IMAGES,
        lay=mirror_halves,
    ),
    Defect(
        name="cut and paste",
        question="true",
        values=(0.05, 0.2, 0.6),
        amplitude=OF_IMAGES,
        lay=cut_and_paste,
    ),
    Defect(
        name="blends",
        question="true",
        why="what is shown is of two kinds; that it is softer shows in `sharp` too",
        values=(0.05, 0.2, 0.6),
        amplitude=OF_IMAGES,
        lay=blends,
    ),
    Defect(
        name="background residue",
        question="true",
        values=(0.03, 0.1, 0.3),
        amplitude="{percent} of another image's brightness",
        lay=residue,
    ),
    Defect(
        name="one image repeated",
        question="varied",
        values=(0.03, 0.1, 0.4),
        amplitude=OF_IMAGES,
        lay=repeated,
    ),
    Defect(
        name="dropped classes",
        question="varied",
        values=(1, 2, 5),
        amplitude="{:g} of 10 classes",
        lay=dropped,
    ),
    Defect(
        name="foreign images",
        question="true",
        values=(0.03, 0.1, 0.4),
        amplitude=OF_IMAGES,
        lay=foreign,
    ),
    Defect(
        name="training copies",
        question="true",
        why="copies veto every `better`; of the three questions, a copy is untrue to the "
        "distribution",
        values=(0.02, 0.05, 0.25),
        amplitude=OF_IMAGES,
        lay=copies,
    ),
)
