"""The battery: every defect at every strength, and what the judge answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from tests.battery.defects.images import LEVELS, Images, quantized
from tests.battery.defects.table import DEFECTS, STRENGTHS, Defect, Strength, change
from tests.battery.judge import Judge, compared
from vaereg.comparison.comparison import Comparison
from vaereg.comparison.measured_run import MeasuredRun

CAUGHT = ("worse", "vetoed", "contested")
"""Verdicts that answer a defect."""

FOOLED = ("better", "equivalent")
"""Verdicts that no defect may get in its question."""


@attrs.frozen(kw_only=True, eq=False)
class Answer:
    """The verdicts on images with a defect, compared with those without.

    Args:
        defect, strength: what was laid on the images.
        set_name: the set of real images.
        base_name: what it was laid on: "real images" or "samples of sharp".
        share: the share of images that differ.
        rms: by how much these differ, in grey levels.
        measured: the evaluation of the images with the defect.
        comparison: B has the defect, A has not.
    """

    defect: Defect
    strength: Strength
    set_name: str
    base_name: str
    share: float
    rms: float
    measured: MeasuredRun
    comparison: Comparison

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The verdict on each question."""
        return {each.question: each.verdict for each in self.comparison.verdicts}

    @property
    def verdict(self) -> str:
        """The verdict on the question that must answer."""
        return self.verdicts[self.defect.question]

    @property
    def caught(self) -> bool:
        """Whether that question answers the defect."""
        return self.verdict in CAUGHT

    @property
    def fooled(self) -> bool:
        """Whether that question takes the defect for an improvement, or for nothing."""
        return self.verdict in FOOLED

    @property
    def label(self) -> str:
        """Defect, strength, set and base, for messages."""
        return f"{self.defect.name}, {self.strength}, {self.set_name}, {self.base_name}"


def real_images(judge: Judge, count: int) -> Images:
    """Real images as a base: the first `count` of the pool, with the rest as spare ones."""
    real = judge.real
    return Images(
        base=real.pool[:count] / np.float32(LEVELS),
        base_kinds=real.pool_kinds[:count],
        spare=real.pool[count:] / np.float32(LEVELS),
        spare_kinds=real.pool_kinds[count:],
        train=judge.data.raw_train(),
        foreign=real.foreign / np.float32(LEVELS),
    )


def sample_images(judge: Judge, samples: np.ndarray) -> Images:
    """Samples of a model as a base: the first half; the second half is spare.

    Args:
        judge: the judge of the set.
        samples: (2 n, height, width, channels) in [0, 1].
    """
    levels = quantized(samples)
    kinds = judge.real.kinds_of(np.rint(levels * LEVELS).astype(np.uint8))
    half = len(levels) // 2
    return Images(
        base=levels[:half],
        base_kinds=kinds[:half],
        spare=levels[half:],
        spare_kinds=kinds[half:],
        train=judge.data.raw_train(),
        foreign=judge.real.foreign / np.float32(LEVELS),
    )


def answers(
    judge: Judge,
    images: Images,
    base_name: str,
    defects: Sequence[Defect] = DEFECTS,
    strengths: Sequence[Strength] = STRENGTHS,
    *,
    whole: bool = True,
) -> Iterator[Answer]:
    """Lays defects on images and judges the results against the untouched ones.

    Args:
        judge: the judge of the set.
        images: the base and what the defects need.
        base_name: "real images" or "samples of sharp".
        defects, strengths: which ones.
        whole: ask all questions; otherwise, where "sharp" must answer, only this one.
    """
    judge.remember(images.base)
    untouched = judge.measured(images.base, "untouched")
    sharpness = judge.measured(images.base, "untouched", whole=False)
    for defect in defects:
        everything = whole or defect.question != "sharp"
        for strength in reversed(strengths):  # what changes at a weak one has changed before
            laid = defect.on(images, strength)
            share, rms = change(images.base, laid)
            if everything and share < 1:
                judge.remember(laid)
            measured = judge.measured(laid, f"{defect.name}, {strength}", whole=everything)
            yield Answer(
                defect=defect,
                strength=strength,
                set_name=judge.real.name,
                base_name=base_name,
                share=share,
                rms=rms,
                measured=measured,
                comparison=compared(untouched if everything else sharpness, measured),
            )
