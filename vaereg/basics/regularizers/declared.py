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
        "the U-statistic, which may fall below 0, or the V-statistic, which is >= 0 and not "
        "quite 0 for equal distributions",
        choices=("unbiased", "biased"),
    )
    scales: tuple[float, ...] = param(
        (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), "the kernels of these widths are summed", gt=0
    )
    bandwidth: float = param(
        1.0, "the standard deviation that is expected of the prior", gt=0, unit="latent units"
    )


@frozen(kw_only=True)
class FocalFrequencyParams:
    """Parameters of the regularizer `focal_frequency`."""

    alpha: float = param(
        1.0, "how strongly the worst frequencies are favoured; 0 for not at all", ge=0
    )
    average: bool = param(
        False, "compare the mean spectra of the batch rather than those of each example"
    )


COMPONENTS: list[Component] = [
    Component(
        kind="regularizer",
        name="mmd",
        params=MMDParams,
        factory="vaereg.basics.regularizers.mmd:MMD",
        summary="The maximum mean discrepancy of encoded data from the prior (WAE, InfoVAE).",
        reference="arXiv:1711.01558, algorithm 2; arXiv:1706.02262",
        tags=frozenset({"aggregate-posterior"}),
    ),
    Component(
        kind="regularizer",
        name="total_correlation",
        factory="vaereg.basics.regularizers.total_correlation:TotalCorrelation",
        summary="How far the dimensions of the latent are from independent (beta-TCVAE).",
        reference="arXiv:1802.04942, eq. 2 and eq. S6",
        tags=frozenset({"disentangling"}),
    ),
    Component(
        kind="regularizer",
        name="focal_frequency",
        params=FocalFrequencyParams,
        factory="vaereg.basics.regularizers.focal_frequency:FocalFrequency",
        summary="Closes the gap between the spectra of data and reconstruction, the worst "
        "frequencies first.",
        reference="arXiv:2012.12821, eq. 8-10",
        for_data=frozenset({"image"}),
        tags=frozenset({"sharpness"}),
    ),
]
