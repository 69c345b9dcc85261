"""The built-in metrics: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen

QUANTILE = "share of held-out examples that are as near; the score of such data is about this"


@frozen(kw_only=True)
class PrdcParams:
    """Parameters of the metric `prdc`."""

    k: int = param(5, "which neighbour's distance bounds the neighbourhood of an example", ge=1)


@frozen(kw_only=True)
class FrechetParams:
    """Parameters of the metric `frechet`."""

    examples_per_dimension: float = param(
        5.0, "examples for each dimension from which there is an interval", ge=1
    )
    infinity_examples_per_dimension: float = param(
        2.5, "examples for each dimension from which infinitely many are extrapolated to", ge=2
    )
    sizes: int = param(15, "numbers of examples that are extrapolated from", ge=3)


@frozen(kw_only=True)
class DuplicatesParams:
    """Parameters of the metric `duplicates`."""

    quantile: float = param(
        0.01, "share of real examples that are as near to another one", gt=0, lt=1
    )


@frozen(kw_only=True)
class ModesParams:
    """Parameters of the metric `modes`."""

    missing: float = param(
        0.1, "share of its real share below which a class is missing", gt=0, le=1
    )
    unsure: float = param(0.5, "probability below which no class is believed in", gt=0, le=1)


@frozen(kw_only=True)
class CopiesParams:
    """Parameters of the metric `copies`."""

    quantile: float = param(0.01, QUANTILE, gt=0, lt=1)
    not_in: tuple[str, ...] = param(
        ("efficientnet_lite0", "inception_v3", "keras_inception_v3"),
        "features to leave out: networks of photographs see noise on a copy where nobody does",
    )


@frozen(kw_only=True)
class PixelCopiesParams:
    """Parameters of the metric `pixel_copies`."""

    quantile: float = param(0.01, QUANTILE, gt=0, lt=1)


@frozen(kw_only=True)
class LikelihoodBoundParams:
    """Parameters of the metric `likelihood_bound`."""

    samples_quick: int = param(64, "draws per held-out example", ge=1)
    examples_quick: int = param(500, "held-out examples to use, at most", ge=2)
    samples_thorough: int = param(500, "draws per held-out example with `--full`", ge=1)
    examples_thorough: int = param(500, "held-out examples to use with `--full`, at most", ge=2)


COMPONENTS: list[Component] = [
    Component(
        kind="metric",
        name="frechet",
        params=FrechetParams,
        factory="vaereg.basics.metrics.frechet:Frechet",
        summary="Fréchet distance of features: plain, relative to their variance, and for "
        "infinitely many examples.",
        reference="arXiv:1706.08500; arXiv:1911.07023",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="kernel",
        factory="vaereg.basics.metrics.kernel:Kernel",
        summary="Kernel distance (squared MMD, cubic kernel) of features on one scale, unbiased.",
        reference="arXiv:1801.01401",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="prdc",
        params=PrdcParams,
        factory="vaereg.basics.metrics.prdc:Prdc",
        summary="Improved precision and recall, density and coverage, by neighbourhoods.",
        reference="arXiv:1904.06991; arXiv:2002.09797",
        tags=frozenset({"true", "varied"}),
    ),
    Component(
        kind="metric",
        name="one_nearest_neighbour",
        factory="vaereg.basics.metrics.one_nearest_neighbour:OneNearestNeighbour",
        summary="How often the nearest other example reveals whether an example is generated.",
        reference="arXiv:1610.06545; arXiv:1806.07755",
        tags=frozenset({"true"}),
    ),
    Component(
        kind="metric",
        name="copies",
        params=CopiesParams,
        factory="vaereg.basics.metrics.copies:Copies",
        summary="Share of samples that copy a training example, in features.",
        reference="arXiv:2004.05675",
        tags=frozenset({"true", "memorisation"}),
    ),
    Component(
        kind="metric",
        name="pixel_copies",
        params=PixelCopiesParams,
        factory="vaereg.basics.metrics.pixel_copies:PixelCopies",
        summary="Share of samples that copy a training example, value by value.",
        reference="arXiv:2004.05675",
        tags=frozenset({"true", "memorisation"}),
    ),
    Component(
        kind="metric",
        name="duplicates",
        params=DuplicatesParams,
        factory="vaereg.basics.metrics.duplicates:Duplicates",
        summary="Share of samples that are nearly another one, in features and free of scale.",
        reference="arXiv:1706.08224",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="exact_duplicates",
        factory="vaereg.basics.metrics.exact_duplicates:ExactDuplicates",
        summary="Share of samples that equal another one.",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="vendi",
        factory="vaereg.basics.metrics.vendi:VendiRatio",
        summary="Effective number of different samples over that of real examples.",
        reference="arXiv:2210.02410",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="modes",
        params=ModesParams,
        factory="vaereg.basics.metrics.modes:Modes",
        summary="Missing classes and the mixture of classes, by a classifier.",
        reference="arXiv:1705.07761",
        tags=frozenset({"varied"}),
    ),
    Component(
        kind="metric",
        name="sharpness",
        factory="vaereg.basics.metrics.sharpness:Sharpness",
        summary="Power at high frequencies and edges of samples and reconstructions against real "
        "images.",
        reference="arXiv:2003.01826",
        for_data=frozenset({"image"}),
        tags=frozenset({"sharp"}),
    ),
    Component(
        kind="metric",
        name="likelihood_bound",
        params=LikelihoodBoundParams,
        factory="vaereg.basics.metrics.likelihood_bound:LikelihoodBound",
        summary="The ELBO of held-out data, and the tighter bound of many draws.",
        reference="arXiv:1509.00519, eq. 8",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="latent_use",
        factory="vaereg.basics.metrics.latent_use:LatentUse",
        summary="How much of the latent the model uses: KL, active units, collapse.",
        reference="arXiv:1509.00519, section 5; arXiv:1911.02469",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="aggregate_posterior",
        factory="vaereg.basics.metrics.aggregate_posterior:AggregatePosterior",
        summary="Whether samples come from where encoded data lies, or from holes between.",
        reference="Hoffman and Johnson 2016, ELBO surgery",
        tags=frozenset({"health"}),
    ),
]
