import numpy as np

from vaereg.training.callbacks.sample_grids import SampleGrids


class Vae:
    """Notes the seeds it samples from."""

    def __init__(self):
        self.seeds = []

    def sample(self, count, seed):
        self.seeds.append(seed)
        return np.full((count, 4, 4, 1), 0.5, "float32")


def test_a_grid_is_drawn_every_so_many_epochs_always_from_the_same_seed(tmp_path):
    vae = Vae()
    grids = SampleGrids(vae, tmp_path, every=3, count=4, seed=7, value_range=(0.0, 1.0))
    for epoch_index in range(7):
        grids.on_epoch_end(epoch_index, {})
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "epoch-0003.png",
        "epoch-0006.png",
    ]
    assert vae.seeds == [7, 7]
