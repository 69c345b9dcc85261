"""The table of kinds: every slot of a model and everything around it that a plugin can fill."""

from __future__ import annotations

from vaereg.frozen import frozen


@frozen(kw_only=True)
class Kind:
    """One kind of component.

    Args:
        name: its name in plugins and in `describe`, singular.
        key: the key in a `[models.NAME]` table; empty if it is declared elsewhere.
        many: whether a model can have any number of them, as a table of named entries.
        default: the component used if none is declared; empty if there is no default.
        contract: the Protocol of the kind's objects, as "module:name".
        summary: what the kind is for, in one sentence.
    """

    name: str
    key: str
    many: bool = False
    default: str = ""
    contract: str
    summary: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="encoder",
            key="encoder",
            default="dense",
            contract="vaereg.contracts.encoder:Encoder",
            summary="Turns data into features.",
        ),
        Kind(
            name="posterior",
            key="posterior",
            default="gaussian",
            contract="vaereg.contracts.posterior:Posterior",
            summary="Turns features into the distribution q(z given x) and draws from it.",
        ),
        Kind(
            name="prior",
            key="prior",
            default="standard_normal",
            contract="vaereg.contracts.prior:Prior",
            summary="The distribution p(z) from which new latents are drawn.",
        ),
        Kind(
            name="decoder",
            key="decoder",
            default="dense",
            contract="vaereg.contracts.decoder:Decoder",
            summary="Turns a latent into the parameters of the likelihood.",
        ),
        Kind(
            name="likelihood",
            key="likelihood",
            default="gaussian_optimal_variance",
            contract="vaereg.contracts.likelihood:Likelihood",
            summary="The distribution p(x given z) over data.",
        ),
        Kind(
            name="regularizer",
            key="regularizers",
            many=True,
            contract="vaereg.contracts.regularizer:Regularizer",
            summary="A weighted penalty on the model's behaviour, added to -ELBO "
            "(unlike keras.regularizers, which act on weights).",
        ),
        Kind(
            name="discriminator",
            key="discriminators",
            many=True,
            contract="vaereg.contracts.discriminator:Discriminator",
            summary="A critic with its own optimizer, trained against the VAE.",
        ),
        Kind(
            name="objective",
            key="objective",
            default="elbo",
            contract="vaereg.contracts.objective:Objective",
            summary="Turns the ELBO terms into the loss that is minimised.",
        ),
        Kind(
            name="sampler",
            key="sampler",
            default="prior",
            contract="vaereg.contracts.sampler:Sampler",
            summary="Draws latents for new samples, possibly fitted to encoded data.",
        ),
        Kind(
            name="augmentation",
            key="",
            contract="vaereg.contracts.augmentation:Augmentation",
            summary="Changes training examples, or latents, at random in each step.",
        ),
        Kind(
            name="optimizer",
            key="",
            contract="vaereg.contracts.optimizer:Optimizer",
            summary="Updates weights from their gradients, beside the optimizers of Keras.",
        ),
        Kind(
            name="dataset",
            key="",
            contract="vaereg.contracts.dataset:Dataset",
            summary="Reads data into train, validation and test splits.",
        ),
        Kind(
            name="metric",
            key="",
            contract="vaereg.contracts.metric:Metric",
            summary="Scores generated and reconstructed data against real data.",
        ),
        Kind(
            name="feature_extractor",
            key="",
            contract="vaereg.contracts.feature_extractor:FeatureExtractor",
            summary="Turns examples into feature vectors, in which metrics measure distances.",
        ),
    )
}
