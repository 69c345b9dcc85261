"""Which settings of a run may change, and that all others are refused by name."""

import pytest

from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.errors import UsageError
from vaereg.runs.changed_settings import changed_settings, check_used

MMD = "models.tiny.regularizers.mmd={weight=1.0}"


@pytest.fixture
def changed(tmp_path):
    registry = write_project(
        tmp_path,
        'optimizer = { use = "adam", learning_rate = 1e-3 }\n'
        'optimizers.decoder = { use = "sgd", learning_rate = 1e-2 }',
    )

    def between(*settings, base=()):
        return changed_settings(declare(registry, None, base), declare(registry, None, settings))

    return between


@pytest.mark.parametrize(
    ("setting", "key", "before", "after"),
    [
        ("train.epochs=9", "train.epochs", 3, 9),
        ("train.samples_every=0", "train.samples_every", 1, 0),
        ("train.optimizer.learning_rate=1e-5", "train.optimizer.learning_rate", 1e-3, 1e-5),
        (
            "train.optimizer.learning_rate={use='exponential_decay', initial_learning_rate=1e-3,"
            " decay_steps=9, decay_rate=0.5}",
            "train.optimizer.learning_rate",
            1e-3,
            {
                "use": "exponential_decay",
                "initial_learning_rate": 1e-3,
                "decay_steps": 9,
                "decay_rate": 0.5,
            },
        ),
        ("train.checkpoint.every_steps=5", "train.checkpoint.every_steps", 0, 5),
        (
            "train.optimizers.decoder.learning_rate=1e-5",
            "train.optimizers.decoder.learning_rate",
            1e-2,
            1e-5,
        ),
        (
            "models.tiny.kl.weight=2.0",
            "models.tiny.kl.weight",
            {"ramp": [0.0, 1.0], "epochs": 2.0},
            2.0,
        ),
    ],
)
def test_what_may_change_is_found_with_both_values(changed, setting, key, before, after):
    (change,) = changed(setting)
    assert (change.key, change.before, change.after) == (key, before, after)


def test_early_stopping_can_be_added_and_the_weight_of_a_regularizer_changed(changed):
    (added,) = changed("train.early_stopping.patience=3")
    assert (added.key, added.before, added.after["patience"]) == ("train.early_stopping", None, 3)
    (weight,) = changed("models.tiny.regularizers.mmd={weight=3.0}", base=(MMD,))
    assert weight.key == "models.tiny.regularizers.mmd.weight"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (["models.tiny.latent=4"], ["models.tiny.latent from 3 to 4"]),
        (["train.seed=1", "train.batch_size=64"], ["train.seed", "train.batch_size"]),
        (["train.optimizer={use='sgd'}"], ["train.optimizer.use"]),
        (["train.ema=0.9", "train.epochs=9"], ["train.ema from 0.0 to 0.9"]),
        ([MMD], ["models.tiny.regularizers"]),
        (["models.tiny.encoder.widths=[8]"], ["models.tiny.encoder.widths from [16] to [8]"]),
    ],
)
def test_everything_else_is_refused_by_name(changed, settings, named):
    with pytest.raises(UsageError) as error:
        changed(*settings)
    assert all(name in str(error.value) for name in named)
    assert "train.epochs from" not in str(error.value)


CRITIC = "models.tiny.discriminators.latent={weight=1.0}"


def critic_with(optimizer):
    return f"models.tiny.discriminators.latent={{weight=1.0, optimizer={optimizer}}}"


def test_a_discriminator_without_an_optimizer_may_get_a_learning_rate_of_its_own(changed):
    (begun,) = changed(critic_with('{use="adam", learning_rate=1e-4}'), base=(CRITIC,))
    assert begun.key == "models.tiny.discriminators.latent.optimizer"
    assert begun.after == {"use": "adam", "learning_rate": 1e-4}


@pytest.mark.parametrize("optimizer", ['{use="sgd"}', '{use="adam", beta_1=0.5}'])
def test_a_discriminator_without_an_optimizer_keeps_that_of_training(changed, optimizer):
    with pytest.raises(UsageError, match=r"discriminators\.latent\.optimizer from nothing"):
        changed(critic_with(optimizer), base=(CRITIC,))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("folder", "elsewhere"),
        ("plugins", {"block": ["vaereg-plugin-flow"]}),
        ("default", "other"),
        ("models", {"tiny": {"latent": 3}, "other": {"latent": 2}}),
        ("data", {"blobs": {"use": "arrays"}, "other": {"use": "arrays"}}),
    ],
)
def test_a_setting_that_the_run_does_not_use_is_refused_by_name(tmp_path, key, value):
    before = {
        "default": "tiny",
        "folder": "..",
        "data": {"blobs": {"use": "arrays"}},
        "models": {"tiny": {"latent": 3}},
    }
    declaration = declare(write_project(tmp_path))
    check_used(before, before | {"train": {"epochs": 9}}, declaration)
    with pytest.raises(UsageError, match=rf"\n  {key}"):
        check_used(before, before | {key: value}, declaration)
