"""Every known defect with its three strengths and the question that must answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import attrs
import numpy as np

from tests.battery.defects.alteration import (
    bending,
    blur_and_noise,
    blur_of_half,
    coarse_pixels,
    gamma,
    halos,
    median,
    rows,
    salt_and_pepper,
    thick_strokes,
    tilt,
    vignette,
    zoom,
)
from tests.battery.defects.composition import (
    blends,
    cut_and_paste,
    grey_squares,
    inverted,
    mirror_halves,
    mixed_neighbours,
    residue,
    upside_down,
)
from tests.battery.defects.images import LEVELS, Images, quantized
from tests.battery.defects.membership import (
    copies,
    dark_copies,
    dropped,
    easy_examples,
    foreign,
    imbalance,
    mirrored_copies,
    repeated,
    soft_copies,
    twins,
)
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

    def told_all(self, strengths: Sequence[Strength]) -> str:
        """Several strengths in words: "3 / 8 / 24 of 255 grey levels"."""
        values = [self._value(each) for each in strengths]
        return self.amplitude.replace("{:g}", "{}").format(
            " / ".join(f"{each:g}" for each in values),
            percent=" / ".join(f"{100 * each:g}" for each in values) + " %",
            left=" / ".join(f"{100 * (1 - each):.0f}" for each in values) + " %",
        )

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

FURTHER = (
    Defect(
        name="rows",
        question="sharp",
        values=(3, 8, 24),
        amplitude="±{:g} of 255 grey levels",
        lay=rows,
    ),
    Defect(
        name="salt and pepper",
        question="sharp",
        values=(0.003, 0.01, 0.05),
        amplitude="{percent} of the pixels",
        lay=salt_and_pepper,
    ),
    Defect(
        name="halos",
        question="sharp",
        values=(0.2, 0.6, 2.0),
        amplitude="edges exaggerated by {percent}",
        lay=halos,
    ),
    Defect(
        name="median filter",
        question="sharp",
        values=(0.3, 0.6, 1.0),
        amplitude="3 x 3 pixels, {percent} of the way",
        lay=median,
    ),
    Defect(
        name="coarse pixels",
        question="sharp",
        values=(0.3, 0.6, 1.0),
        amplitude="2 x 2 pixels, {percent} of the way",
        lay=coarse_pixels,
    ),
    Defect(
        name="blur and noise",
        question="sharp",
        values=(0.5, 0.8, 1.5),
        amplitude="sigma {:g} pixels, noise of the power that is lost",
        lay=blur_and_noise,
    ),
    Defect(
        name="blur of half",
        question="sharp",
        values=(0.5, 0.8, 1.5),
        amplitude="sigma {:g} pixels, half of the images",
        lay=blur_of_half,
    ),
    Defect(
        name="gamma",
        question="true",
        values=(1.1, 1.35, 2.0),
        amplitude="values to the power of {:g}",
        lay=gamma,
    ),
    Defect(
        name="vignette",
        question="true",
        values=(0.1, 0.3, 0.7),
        amplitude="corners darker by {percent}",
        lay=vignette,
    ),
    Defect(
        name="tilt",
        question="true",
        values=(3, 7, 20),
        amplitude="{:g} degrees",
        lay=tilt,
    ),
    Defect(
        name="zoom",
        question="true",
        values=(1.06, 1.15, 1.4),
        amplitude="{:g} times as large",
        lay=zoom,
    ),
    Defect(
        name="bending",
        question="true",
        values=(0.5, 1.0, 2.0),
        amplitude="standard deviation of {:g} pixels",
        lay=bending,
    ),
    Defect(
        name="thick strokes",
        question="true",
        values=(0.15, 0.4, 1.0),
        amplitude="brightest of 3 x 3 pixels, {percent} of the way",
        lay=thick_strokes,
    ),
    Defect(
        name="upside down",
        question="true",
        values=(0.05, 0.2, 0.6),
        amplitude=OF_IMAGES,
        lay=upside_down,
    ),
    Defect(
        name="inverted",
        question="true",
        values=(0.03, 0.1, 0.4),
        amplitude=OF_IMAGES,
        lay=inverted,
    ),
    Defect(
        name="grey squares",
        question="true",
        values=(0.05, 0.2, 0.6),
        amplitude=OF_IMAGES,
        lay=grey_squares,
    ),
    Defect(
        name="mixed neighbours",
        question="true",
        values=(0.1, 0.3, 1.0),
        amplitude=OF_IMAGES,
        lay=mixed_neighbours,
    ),
    Defect(
        name="easy examples",
        question="varied",
        values=(0.1, 0.3, 0.5),
        amplitude="the {percent} farthest of each kind are missing",
        lay=easy_examples,
    ),
    Defect(
        name="imbalance",
        question="varied",
        values=(1.5, 2.0, 4.0),
        amplitude="half of the kinds {:g} times as frequent",
        lay=imbalance,
    ),
    Defect(
        name="noisy twins",
        question="varied",
        values=(0.1, 0.25, 0.5),
        amplitude=OF_IMAGES,
        lay=twins,
    ),
    Defect(
        name="dark copies",
        question="true",
        values=(0.02, 0.05, 0.25),
        amplitude=OF_IMAGES,
        lay=dark_copies,
    ),
    Defect(
        name="soft copies",
        question="true",
        values=(0.02, 0.05, 0.25),
        amplitude=OF_IMAGES,
        lay=soft_copies,
    ),
    Defect(
        name="mirrored copies",
        question="true",
        values=(0.02, 0.05, 0.25),
        amplitude=OF_IMAGES,
        lay=mirrored_copies,
    ),
)
"""Others, which the comparison was not built on: how well it generalizes."""
