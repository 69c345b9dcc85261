"""The built-in metrics: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen

QUANTILE = "share of held-out examples that count as copies; real data scores about this"


@frozen(kw_only=True)
class PrdcParams:
    """Parameters of the metric `prdc`."""

    k: int = param(5, "the k-th nearest neighbour sets the radius of a neighbourhood", ge=1)
    coverage_k: int = param(
        10, "the same for coverage: with more, chance leaves fewer real examples uncovered", ge=1
    )


@frozen(kw_only=True)
class FrechetParams:
    """Parameters of the metric `frechet`."""

    infinity_examples_per_dimension: float = param(
        2.5, "fewest examples per feature dimension for the extrapolation to infinity", ge=2
    )
    sizes: int = param(15, "number of sample sizes for the extrapolation", ge=3)


@frozen(kw_only=True)
class DuplicatesParams:
    """Parameters of the metric `duplicates`."""

    quantile: float = param(
        0.01, "share of real examples that count as duplicates of another one", gt=0, lt=1
    )


@frozen(kw_only=True)
class NearCopiesParams:
    """Parameters of the metric `near_copies`."""

    fraction: float = param(
        0.25, "how near a copy is, as a fraction of what separates real examples", gt=0, le=1
    )
    altered_fraction: float = param(
        0.5, "the same for images whose brightness, position or sharpness may differ", gt=0, le=1
    )
    quantile: float = param(
        0.01, "the quantile of the distances of real examples that is taken", gt=0, lt=1
    )
    allowed: float = param(
        0.01, "share of samples beyond that of real data that shows a defect", ge=0, lt=1
    )


@frozen(kw_only=True)
class ModesParams:
    """Parameters of the metric `modes`."""

    missing: float = param(
        0.1, "a class is missing below this fraction of its share in real data", gt=0, le=1
    )
    unsure: float = param(
        0.5, "a sample is unsure if its most probable class is less probable than this", gt=0, le=1
    )


@frozen(kw_only=True)
class CopiesParams:
    """Parameters of the metric `copies`."""

    quantile: float = param(0.01, QUANTILE, gt=0, lt=1)
    not_in: tuple[str, ...] = param(
        ("efficientnet_lite0", "inception_v3", "keras_inception_v3"),
        "feature extractors to skip: networks trained on photos react to invisible noise on copies",
    )


@frozen(kw_only=True)
class PixelCopiesParams:
    """Parameters of the metric `pixel_copies`."""

    quantile: float = param(0.01, QUANTILE, gt=0, lt=1)


@frozen(kw_only=True)
class LikelihoodBoundParams:
    """Parameters of the metric `likelihood_bound`."""

    samples_quick: int = param(64, "draws per held-out example", ge=1)
    examples_quick: int = param(500, "most held-out examples to use", ge=2)
    samples_thorough: int = param(500, "draws per held-out example in a full evaluation", ge=1)
    examples_thorough: int = param(500, "most held-out examples in a full evaluation", ge=2)


COMPONENTS: list[Component] = [
    Component(
        kind="metric",
        name="frechet",
        params=FrechetParams,
        factory="vaereg.basics.metrics.frechet:Frechet",
        summary="Fréchet distance of features: plain, relative to the variance of real features, "
        "and extrapolated to infinitely many examples.",
        reference="arXiv:1706.08500; arXiv:1911.07023",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="kernel",
        factory="vaereg.basics.metrics.kernel:Kernel",
        summary="Unbiased kernel distance (squared MMD, cubic kernel) of rescaled features.",
        reference="arXiv:1801.01401",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="prdc",
        params=PrdcParams,
        factory="vaereg.basics.metrics.prdc:Prdc",
        summary="Improved precision and recall, density and coverage, from nearest neighbours.",
        reference="arXiv:1904.06991; arXiv:2002.09797",
        tags=frozenset({"true", "varied"}),
    ),
    Component(
        kind="metric",
        name="one_nearest_neighbour",
        factory="vaereg.basics.metrics.one_nearest_neighbour:OneNearestNeighbour",
        summary="Accuracy of a leave-one-out nearest-neighbour test of real against generated.",
        reference="arXiv:1610.06545; arXiv:1806.07755",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="copies",
        params=CopiesParams,
        factory="vaereg.basics.metrics.copies:Copies",
        summary="Share of samples that copy a training example, measured in features.",
        reference="arXiv:2004.05675",
        tags=frozenset({"true", "memorisation"}),
    ),
    Component(
        kind="metric",
        name="pixel_copies",
        params=PixelCopiesParams,
        factory="vaereg.basics.metrics.pixel_copies:PixelCopies",
        summary="Share of samples that copy a training example, measured in pixels or values.",
        reference="arXiv:2004.05675",
        tags=frozenset({"true", "memorisation"}),
    ),
    Component(
        kind="metric",
        name="near_copies",
        params=NearCopiesParams,
        factory="vaereg.basics.metrics.near_copies:NearCopies",
        summary="Shares of samples that nearly equal a training example, or another sample.",
        reference="arXiv:2004.05675",
        tags=frozenset({"true", "varied", "memorisation"}),
    ),
    Component(
        kind="metric",
        name="duplicates",
        params=DuplicatesParams,
        factory="vaereg.basics.metrics.duplicates:Duplicates",
        summary="Share of samples that nearly equal another sample, in features.",
        reference="arXiv:1706.08224",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="exact_duplicates",
        factory="vaereg.basics.metrics.exact_duplicates:ExactDuplicates",
        summary="Share of samples that exactly equal another sample.",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="vendi",
        factory="vaereg.basics.metrics.vendi:VendiRatio",
        summary="Effective number of distinct samples, relative to real examples.",
        reference="arXiv:2210.02410",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="conditional",
        factory="vaereg.basics.metrics.conditional:Conditional",
        summary="How well samples follow the label that they were drawn with, by class.",
        reference="arXiv:2004.12361, section 4.1",
        tags=frozenset({"features"}),
    ),
    Component(
        kind="metric",
        name="modes",
        params=ModesParams,
        factory="vaereg.basics.metrics.modes:Modes",
        summary="Missing classes, and the class proportions, according to a classifier.",
        reference="arXiv:1705.07761",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="sharpness",
        factory="vaereg.basics.metrics.sharpness:Sharpness",
        summary="High-frequency power and edges of samples and reconstructions, compared with "
        "real images.",
        reference="arXiv:2003.01826",
        for_data=frozenset({"image"}),
        tags=frozenset({"sharp"}),
    ),
    Component(
        kind="metric",
        name="colour",
        factory="vaereg.basics.metrics.colour:Colour",
        summary="Distance between the colours of samples, or of reconstructions, and of real "
        "images.",
        reference="arXiv:1706.08500",
        for_data=frozenset({"image"}),
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="reconstruction",
        factory="vaereg.basics.metrics.reconstruction:Reconstruction",
        summary="Peak signal-to-noise ratio and structural similarity of reconstructions.",
        reference="Wang et al. 2004, Image quality assessment",
        for_data=frozenset({"image"}),
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="likelihood_bound",
        params=LikelihoodBoundParams,
        factory="vaereg.basics.metrics.likelihood_bound:LikelihoodBound",
        summary="The ELBO of held-out data, and the tighter importance-weighted bound.",
        reference="arXiv:1509.00519, eq. 8",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="latent_use",
        factory="vaereg.basics.metrics.latent_use:LatentUse",
        summary="How much of the latent the model uses: KL divergence, active units, collapse.",
        reference="arXiv:1509.00519, section 5; arXiv:1911.02469",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="aggregate_posterior",
        factory="vaereg.basics.metrics.aggregate_posterior:AggregatePosterior",
        summary="Whether samples come from latents like those of encoded data, or from holes.",
        reference="Hoffman and Johnson 2016, ELBO surgery",
        tags=frozenset({"health"}),
    ),
]
