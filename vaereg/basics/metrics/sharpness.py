"""How sharp images are: by their spectra, by regular patterns, and by edges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.spectra.level_distance import SURPLUS
from vaereg.basics.metrics.spectra.periodic_peaks import (
    pattern_in_words,
    peak_limit,
    peak_score,
)
from vaereg.basics.metrics.spectra.spectrum_distance import Spectra, spectra, spectrum_distance

HIGH = 0.5
"""Frequencies above this share of the Nyquist frequency count as high."""

LEAST_SPECTRUM = 8
"""With fewer pixels on a side, a spectrum has fewer than three high rings."""

LEAST_EDGES = 3
"""With fewer pixels on a side, no pixel has neighbours on all sides."""

ROUNDING = 1.0 / (12 * 255**2)
"""The power that rounding to 8 bits adds at every frequency; less power cannot be measured."""

DECIBEL = 10.0 / math.log(10.0)

VANISHING = 1e-20
"""Edges below this are rounding errors of float64; a ratio to them is meaningless."""

BLOCK = 1 << 22
"""The number of values to convert to grey at once."""


class Sharpness:
    """Compares spectra and edges of samples and of reconstructions with those of real images.

    spectrum_distance decides whether samples are sharp. It takes the log power of windows of 8 and
    of 4 pixels, at each frequency of the whole plane, in each channel, and measures how far the
    distribution over all windows of samples is from that of real images
    (`vaereg.basics.metrics.spectra.level_distance`). Windows are compared with real ones of like
    content, which is the power of their coarsest waves: photographs vary far more in content than
    blur changes their details. Mean power would be fooled by noise or a grid over blurred images,
    which fills the mean; in the distribution, these show as power in plain windows, where real
    images have none, and such a surplus costs three times as much as a lack. Power far below that
    of noise of one grey level does not count, and differences that draws of real images show too
    count little. A tenth of periodic_artifacts is added where it is above 0. It sees power, not
    tones: few grey levels over blurred images of plain surfaces bring edges back, so samples are
    nearer in it; that their tones are wrong is for the scores of truth to the data.

    periodic_artifacts is the largest peak of the mean spectrum at a period of 2, 4 or 8 pixels,
    along rows, columns and diagonals, over the frequencies beside it
    (`vaereg.basics.metrics.spectra.periodic_peaks`), as far as real images have no such peak.

    With P(k) the mean power spectrum of a set of images (`vaereg.radial_spectrum`), F generated
    and H real,

        gap = mean over k >= 1/2 Nyquist of 10 log10 P_F(k) / P_H(k)
        ratio = mean over F of Var(lap x) / mean over H of Var(lap x)

    with lap the 3 x 3 Laplacian of luma at pixels that have all neighbours. Blur lowers gap and
    ratio; noise and checkerboards raise them. So the ideals are 0 dB and 1, but noise over blurred
    images reaches both: these two are summaries for readers. The scores of reconstructions measure
    the decoder's own blur: if they are good and those of samples are not, the samples come from
    latents that the decoder has not learned.

    In the gap, power below that of rounding to 8 bits is raised to that value, so a constant image
    gets about -40 dB rather than minus infinity. Scores that are undefined are left out: spectra of
    images with a side below 8 pixels, all scores of images with a side below 3 pixels, and ratios
    to real images that are all constant. The influences of spectrum_distance take the division of
    real windows by content as given.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.

    Source: Durall et al. 2020, arXiv:2003.01826 (spectra of decoders); Pech-Pacheco et al. 2000,
    "Diatom autofocusing in brightfield microscopy" (variance of the Laplacian).
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "hf_gap": vaereg.ScoreInfo(
            question="sharp",
            direction=0,
            ideal=0.0,
            unit="dB",
            meaning="High-frequency power of samples relative to real images: below 0 means blur, "
            "above 0 noise or checkerboards; the ideal is 0.",
        ),
        "hf_gap_reconstructed": vaereg.ScoreInfo(
            question="sharp",
            direction=0,
            ideal=0.0,
            unit="dB",
            meaning="High-frequency power of reconstructions relative to their originals: the "
            "decoder's own blur, whichever latents samples come from.",
        ),
        "sharpness_ratio": vaereg.ScoreInfo(
            question="sharp",
            direction=0,
            ideal=1.0,
            meaning="Variance of the Laplacian of samples over that of real images: below 1 means "
            "blur, above 1 noise; the ideal is 1.",
        ),
        "sharpness_ratio_reconstructed": vaereg.ScoreInfo(
            question="sharp",
            direction=0,
            ideal=1.0,
            meaning="Variance of the Laplacian of reconstructions over that of their originals.",
        ),
        "spectrum_distance": vaereg.ScoreInfo(
            question="sharp",
            direction=-1,
            unit="dB",
            meaning="Distance between the local power spectra of samples and of real images, over "
            f"all frequencies and channels; a dB too much counts as {SURPLUS:g} dB too little.",
        ),
        "spectrum_distance_reconstructed": vaereg.ScoreInfo(
            question="sharp",
            direction=-1,
            unit="dB",
            meaning="The same distance between reconstructions of one half of the held-out images "
            "and the other half: the decoder's fault, as far as it exceeds that of real data.",
        ),
        "periodic_artifacts": vaereg.ScoreInfo(
            question="sharp",
            direction=-1,
            unit="dB",
            meaning="Largest peak in the spectrum of samples at a period of 2, 4 or 8 pixels that "
            "real images do not have: above its limit, a regular pattern lies over the samples.",
        ),
        "periodic_artifacts_reconstructed": vaereg.ScoreInfo(
            question="sharp",
            direction=-1,
            unit="dB",
            meaning="The same peak in the spectrum of reconstructions: a pattern that the decoder "
            "makes.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples and reconstructions against the real images."""
        if min(evidence.data_spec.shape[:2]) < LEAST_EDGES:
            return {}
        real = _details(evidence.real, "real images")
        generated = _details(evidence.generated, "generated images")
        reconstructed = _details(evidence.reconstructed, "reconstructed images")
        measured = {}
        if real.high.any():
            measured["hf_gap"] = _gap(generated, real, paired=False)
            measured["hf_gap_reconstructed"] = _gap(reconstructed, real, paired=True)
            measured |= _spectra(generated, reconstructed, real)
            measured |= _spectra_of_halves(evidence, reconstructed, real)
        if real.edges.mean() > VANISHING:
            measured["sharpness_ratio"] = _ratio(generated, real, paired=False)
            measured["sharpness_ratio_reconstructed"] = _ratio(reconstructed, real, paired=True)
        return measured


class _Details(NamedTuple):
    """The spectra and the edges of each image.

    Args:
        power: (n, K) by frequency; K is 0 for images too small to have a spectrum.
        high: (K,) bool, whether a frequency is high.
        edges: (n,) the variance of the Laplacian.
        spectra: of the whole plane; None for images too small to have any.
    """

    power: np.ndarray
    high: np.ndarray
    edges: np.ndarray
    spectra: Spectra | None


def _details(images: np.ndarray, what: str) -> _Details:
    images = finite(np.asarray(images), what)
    step = max(1, BLOCK // math.prod(images.shape[1:]))
    has_spectrum = min(images.shape[1:3]) >= LEAST_SPECTRUM
    frequencies = np.zeros(0)
    power, edges = [], []
    for start in range(0, len(images), step):
        grey = vaereg.luma(images[start : start + step])
        edges.append(_laplacian(grey).var(axis=(1, 2)))
        rows = np.zeros((len(grey), 0))
        if has_spectrum:
            frequencies, rows = vaereg.radial_spectrum(grey[..., None])
        power.append(rows)
    return _Details(
        power=np.concatenate(power),
        high=frequencies >= HIGH,
        edges=np.concatenate(edges),
        spectra=spectra(images, what) if has_spectrum else None,
    )


def _laplacian(grey: np.ndarray) -> np.ndarray:
    """The sum of the four neighbours less four times the pixel, (n, h - 2, w - 2)."""
    beside = grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    above = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1]
    laplacian: np.ndarray = beside + above - 4.0 * grey[:, 1:-1, 1:-1]
    return laplacian


def _decibels(ours: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """10 log10 of the ratio of mean powers (K,), and the influences of both sets on it."""
    ratios, influences = [], []
    for power in (ours, real):
        mean = power.mean(axis=0)
        raised = np.maximum(mean, ROUNDING)
        ratios.append(DECIBEL * np.log(raised))
        influences.append(DECIBEL * power / raised * (mean > ROUNDING))
    return ratios[0] - ratios[1], influences[0], -influences[1]


def _measured(
    value: float,
    influences: tuple[np.ndarray, np.ndarray],
    paired: bool,
    values: np.ndarray | None = None,
    limit: float | None = None,
    detail: str = "",
) -> vaereg.Measured:
    """A score of two sets; the influences of paired sets, which hold the same examples, add up."""
    ours, real = influences
    return vaereg.Measured(
        value=float(value),
        sample_size=len(ours),
        influence_of_generated=None if paired else ours,
        influence_of_real=ours + real if paired else real,
        values=values,
        limit=limit,
        detail=detail,
    )


def _gap(ours: _Details, real: _Details, *, paired: bool) -> vaereg.Measured:
    high = real.high
    decibels, *influences = _decibels(ours.power[:, high], real.power[:, high])
    expected = np.maximum(real.power[:, high].mean(axis=0), ROUNDING)
    each = DECIBEL * np.log(np.maximum(ours.power[:, high], ROUNDING) / expected)  # (n, K)
    by_image = (influences[0].mean(axis=1), influences[1].mean(axis=1))
    return _measured(decibels.mean(), by_image, paired, values=each.mean(axis=1))


def _spectra(
    generated: _Details, reconstructed: _Details, real: _Details
) -> dict[str, vaereg.Measured]:
    """The distance of spectra of samples; the largest peak, also of reconstructions."""
    assert real.spectra is not None  # as the caller checked
    assert generated.spectra is not None and reconstructed.spectra is not None
    whole, limit = (
        spectrum_distance(generated.spectra, real.spectra),
        peak_limit(real.spectra.periodic),
    )
    made = peak_score(reconstructed.spectra.periodic, real.spectra.periodic)
    measured = {
        "spectrum_distance": _measured(whole.value, (whole.of_ours, whole.of_real), paired=False)
    }
    for ending, peak, paired in ("", whole.peak, False), ("_reconstructed", made, True):
        measured[f"periodic_artifacts{ending}"] = _measured(
            peak.value,
            (peak.of_ours, peak.of_real),
            paired,
            limit=limit,
            detail=pattern_in_words(peak, limit),
        )
    return measured


def _spectra_of_halves(
    evidence: vaereg.Evidence, reconstructed: _Details, real: _Details
) -> dict[str, vaereg.Measured]:
    """The distance of spectra of reconstructions of one half from those of the other half."""
    assert reconstructed.spectra is not None and real.spectra is not None  # as the caller checked
    of_a = reconstructed.spectra.at(evidence.halves.a)
    of_b = real.spectra.at(evidence.halves.b)

    def measure(half: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        del half  # its spectra are parts of those of the whole
        found = spectrum_distance(of_a, of_b)
        influences = (found.of_ours, found.of_real)
        return {"spectrum_distance": _measured(found.value, influences, paired=False)}

    return twins(evidence, measure)


def _ratio(ours: _Details, real: _Details, *, paired: bool) -> vaereg.Measured:
    top, bottom = ours.edges.mean(), real.edges.mean()
    influences = (ours.edges / bottom, -top / bottom**2 * real.edges)
    return _measured(top / bottom, influences, paired, values=ours.edges)
