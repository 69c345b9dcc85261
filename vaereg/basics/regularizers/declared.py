"""The built-in regularizers: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class MMDParams:
    """Parameters of the regularizer `mmd`."""

    kernel: str = param(
        "imq", "inverse multiquadratic (heavy tails) or Gaussian", choices=("imq", "rbf")
    )
    estimator: str = param(
        "unbiased",
        "unbiased: the U-statistic, which may be negative; biased: the V-statistic, which is "
        ">= 0 and slightly above 0 for equal distributions",
        choices=("unbiased", "biased"),
    )
    scales: tuple[float, ...] = param(
        (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), "widths of the kernels that are summed", gt=0
    )
    bandwidth: float = param(
        1.0, "the assumed standard deviation of the prior", gt=0, unit="latent units"
    )


@frozen(kw_only=True)
class FocalFrequencyParams:
    """Parameters of the regularizer `focal_frequency`."""

    alpha: float = param(1.0, "how much weight the worst frequencies get; 0: equal weights", ge=0)
    average: bool = param(
        False, "compare mean spectra of the batch instead of each example's spectrum"
    )


COMPONENTS: list[Component] = [
    Component(
        kind="regularizer",
        name="mmd",
        params=MMDParams,
        factory="vaereg.basics.regularizers.mmd:MMD",
        summary="The maximum mean discrepancy between encoded data and the prior (WAE, InfoVAE).",
        reference="arXiv:1711.01558, algorithm 2; arXiv:1706.02262",
        tags=frozenset({"aggregate-posterior", "remedy:prior"}),
    ),
    Component(
        kind="regularizer",
        name="total_correlation",
        factory="vaereg.basics.regularizers.total_correlation:TotalCorrelation",
        summary="The total correlation: the dependence between latent dimensions (beta-TCVAE).",
        reference="arXiv:1802.04942, eq. 2 and eq. S6",
        tags=frozenset({"disentangling"}),
    ),
    Component(
        kind="regularizer",
        name="focal_frequency",
        params=FocalFrequencyParams,
        factory="vaereg.basics.regularizers.focal_frequency:FocalFrequency",
        summary="Reduces the gap between the spectra of data and reconstruction, with the focus "
        "on the worst frequencies.",
        reference="arXiv:2012.12821, eq. 8-10",
        for_data=frozenset({"image"}),
        tags=frozenset({"sharpness", "remedy:decoder"}),
    ),
]
