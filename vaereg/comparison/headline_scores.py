"""The built-in scores that a comparison treats specially, in one table.

All other scores are treated alike, whether vaereg or a plugin measures them. The scores named here
decide verdicts, veto them, or explain them; a plugin's score cannot replace one of them. The
default of [train.evaluate] (`vaereg.declaration.declaration.Evaluating`) names
the three primary scores too, since the declaration may not import this stage.
"""

from __future__ import annotations

from collections.abc import Sequence

PRIMARY = {"sharp": "spectrum_distance", "varied": "coverage", "true": "kernel_distance"}
"""The score that the verdict on each question rests on."""

NEEDS = {PRIMARY["sharp"]: "images with sides of at least 8 pixels"}
"""What a primary score needs that not all data has."""

OF_FEATURES = ("varied", "true")
"""The questions whose primary score is measured in features."""

PREFERRED_SPACES = ("classifier", "efficientnet_lite0", "local_texture", "pixels", "ranks")
"""The extractors whose features decide, in this order; those of plugins come after them."""

WITNESSES = ("local_texture",)
"""Spaces that, where they do not decide, may still say that samples are worse: statistics of
filters see defects of images that networks are trained to ignore."""

NEVER_DECIDE = ("pixels", "ranks")
"""Extractors that say too little about images: blurred images are near real ones in both."""

COPIES = "copy_rate"
"""Copied training examples veto every "better". The names of the copy scores begin with this."""

GUARDS: dict[str, dict[str, str]] = {
    "sharp": {"periodic_artifacts": "show a periodic pattern"},
    "varied": {"near_duplicates": "repeat one another"},
    "true": {"near_copies": "copy training examples"},
}
"""By question, the scores of defects that primary scores overlook, and what the samples then do. A
guard speaks only if it has a limit (`vaereg.Measured.limit`)."""

RECALL = "recall"
"""If it falls, samples have lost variety."""

PRECISION = "precision"
"""If it falls below that of real data, a part of the samples is defective."""

CLASS_DISTANCE = "class_distance"
"""If it rises above that of real data, some classes are drawn too often."""

COVERAGE = PRIMARY["varied"]
"""If it rises, a fall of recall does not mean a loss of variety."""

SHARPNESS, SHARPNESS_RECONSTRUCTED = "hf_gap", "hf_gap_reconstructed"
"""The scores of samples and of reconstructions; together they show whether the decoder blurs."""

DISTANCE_RECONSTRUCTED, DISTANCE_ADDED = (
    "kernel_distance_reconstructed",
    "kernel_distance_added_by_prior",
)
"""In each feature space: how far reconstructions are from real data, and how much farther samples
are. Beyond their references, the first is the decoder's fault and the second that of the prior."""

COLOURS = "colour_distance"
"""The distance of the colours of pixels, in squared grey levels."""

FIDELITY = ("psnr", "ssim")
"""How near reconstructions are to their own originals."""

MISSING_CLASSES, CLASS_DISTANCE = "missing_modes", "class_distance"
"""How many classes are missing among samples, and how far the shares of classes are shifted."""

HOLES = "hole_rate"
"""The share of samples drawn where the prior has holes."""

COLLAPSED = "collapsed_share"
"""The share of latent dimensions that carry no information."""

INFORMATION = "kl"
"""The information, in nats, that the latent carries about an example."""

RECONSTRUCTED_VARIANCE = "reconstructed_variance"
"""The variance of reconstructions as a share of that of the data."""

BOUNDS = ("elbo", "iwae", "inference_gap")
"""Scores in units of the likelihood, so not comparable between two likelihoods."""


def primary_names(question: str, spaces: Sequence[str]) -> list[str]:
    """The names of a question's primary scores: one for each feature space, or a single one.

    Args:
        question: one of `PRIMARY`.
        spaces: the names of the feature extractors that decide.
    """
    base = PRIMARY[question]
    return [f"{base}_{each}" for each in spaces] if question in OF_FEATURES else [base]
