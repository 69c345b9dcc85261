"""The built-in likelihoods: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen

ACTIVATIONS = ("auto", "sigmoid", "tanh", "linear")
ACTIVATION = "maps outputs to means: into the data's range (sigmoid, tanh) or unchanged (linear)"


@frozen(kw_only=True)
class GaussianLikelihoodParams:
    """Parameters of the likelihood `gaussian`."""

    sigma: float = param(
        1.0, "the fixed standard deviation, in units of the data", gt=0, unit="data units"
    )
    activation: str = param("auto", ACTIVATION, choices=ACTIVATIONS)


@frozen(kw_only=True)
class OptimalVarianceParams:
    """Parameters of the likelihood `gaussian_optimal_variance`."""

    momentum: float = param(
        0.99, "momentum of the moving variance, used in validation and samples", ge=0, lt=1
    )
    min_log_sigma: float = param(
        -6.0, "the smallest log standard deviation", ge=-15, le=5, unit="log data units"
    )
    activation: str = param("auto", ACTIVATION, choices=ACTIVATIONS)


@frozen(kw_only=True)
class LaplaceParams:
    """Parameters of the likelihood `laplace`."""

    scale: float = param(
        0.1, "the scale b, which is the expected absolute error", gt=0, unit="data units"
    )
    learned: bool = param(False, "learn the scale, starting from `scale`")
    activation: str = param("auto", ACTIVATION, choices=ACTIVATIONS)


@frozen(kw_only=True)
class DiscretizedLogisticMixtureParams:
    """Parameters of the likelihood `discretized_logistic_mixture`."""

    components: int = param(5, "number of mixture components at each position", ge=1)


COMPONENTS: list[Component] = [
    Component(
        kind="likelihood",
        name="bernoulli",
        factory="vaereg.basics.likelihoods.bernoulli:Bernoulli",
        summary="Binary values with logits as outputs; values between 0 and 1 are accepted.",
        reference="arXiv:1312.6114, appendix C.1",
        tags=frozenset({"binary"}),
    ),
    Component(
        kind="likelihood",
        name="gaussian",
        params=GaussianLikelihoodParams,
        factory="vaereg.basics.likelihoods.gaussian:Gaussian",
        summary="A Gaussian with fixed standard deviation around the decoded mean.",
        reference="arXiv:1312.6114, appendix C.2",
    ),
    Component(
        kind="likelihood",
        name="gaussian_optimal_variance",
        params=OptimalVarianceParams,
        factory="vaereg.basics.likelihoods.gaussian_optimal_variance:GaussianOptimalVariance",
        summary="A Gaussian with the optimal variance for each batch (sigma-VAE), which "
        "balances reconstruction and KL divergence without a weight to tune.",
        reference="arXiv:2006.13202, section 3.3",
        tags=frozenset({"calibrated", "remedy:decoder"}),
    ),
    Component(
        kind="likelihood",
        name="laplace",
        params=LaplaceParams,
        factory="vaereg.basics.likelihoods.laplace:Laplace",
        summary="A Laplace distribution around the decoded mean: absolute, not squared errors.",
    ),
    Component(
        kind="likelihood",
        name="discretized_logistic_mixture",
        params=DiscretizedLogisticMixtureParams,
        factory="vaereg.basics.likelihoods.discretized_logistic_mixture:DiscretizedLogisticMixture",
        summary="Probabilities of the 256 levels from a mixture of logistics, with dependent "
        "colour channels (PixelCNN++).",
        reference="arXiv:1701.05517, section 2.1",
        tags=frozenset({"discrete", "remedy:decoder"}),
    ),
]
