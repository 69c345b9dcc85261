"""A model's running means."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.tiny_vae import data, tiny_vae


def test_the_means_cover_the_batches_since_they_were_reset():
    vae = tiny_vae()
    logs = {"loss": 1.0, "kl": 2.0}
    vae.update_metrics(logs, data(4))
    means = vae.update_metrics({"loss": 4.0, "kl": 2.0}, data(8))
    assert float(np.asarray(means["loss"])) == pytest.approx(3.0)

    vae.keep_metrics_once()
    vae.reset_metrics()
    assert float(np.asarray(vae.means()["loss"])) == pytest.approx(3.0)
    vae.reset_metrics()
    assert float(np.asarray(vae.means()["loss"])) == 0.0
    assert vae.term_names[0] == "loss"
