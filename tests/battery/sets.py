"""The two sets of real images that the battery uses: both come with vaereg's installation.

`clothes`: the bundled Fashion-MNIST (MIT License, Zalando SE), 28 x 28, grey, 10 classes.
`photographs`: 32 x 32 cut-outs, in colour and without labels, of the two photographs that
scikit-learn, a dependency of vaereg, carries: china.jpg by danielbuechele and flower.jpg by
vultilion (both CC BY 2.0). Each photograph is divided into squares of 64 pixels in two colours, as
a chessboard; training images come from squares of one colour, all others from those of the other
colour. A cut-out is a square of 32 to 56 pixels at a random place, resized.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import sklearn.datasets
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.neighbors import KNeighborsClassifier

from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle
from vaereg.contracts.data import ArraySplit, Data, DataSpec

KINDS = 10
SIDE, WIDEST, SQUARE = 32, 56, 64
PHOTOGRAPHS = ("china.jpg", "flower.jpg")


@attrs.frozen(kw_only=True, eq=False)
class RealSet:
    """Real images, uint8 (n, height, width, channels), and how they are divided.

    Args:
        name: its name in tables.
        data: training images, others for the reference (`validation`), held-out ones (`test`).
        pool: images of the same source in none of the splits.
        pool_kinds: (n,) the class of each, or the cluster where there are no classes.
        foreign: images that belong to no kind.
        kinds_of: images -> the kind of each, for samples.
    """

    name: str
    data: Data
    pool: np.ndarray
    pool_kinds: np.ndarray
    foreign: np.ndarray
    kinds_of: Callable[[np.ndarray], np.ndarray]


def clothes(count: int) -> RealSet:
    """Fashion-MNIST with `count` images in each split and twice as many in training and the pool.

    Args:
        count: at most 1,000.
    """
    images, labels = zip(
        *(_shuffled(each.images, each.labels, seed) for seed, each in enumerate(read_bundle())),
        strict=True,
    )
    learned, spare, others = (slice(i * count, j * count) for i, j in ((0, 2), (2, 3), (3, 4)))
    data = _data(
        ArraySplit(images[0][learned], labels[0][learned]),
        ArraySplit(images[0][others], labels[0][others]),
        ArraySplit(images[2][:count], labels[2][:count]),
        classes=KINDS,
    )
    pool = np.concatenate([images[1][:count], images[0][spare]])
    kinds = np.concatenate([labels[1][:count], labels[0][spare]])
    flat = images[0][learned].reshape(2 * count, -1)
    nearest = KNeighborsClassifier(5).fit(flat, labels[0][learned])
    strangers = cut_outs(count, seed=8, train=False).mean(axis=3, keepdims=True)
    edge = (SIDE - pool.shape[1]) // 2
    return RealSet(
        name="clothes",
        data=data,
        pool=pool,
        pool_kinds=kinds,
        foreign=np.rint(strangers[:, edge:-edge, edge:-edge]).astype(np.uint8),
        kinds_of=lambda found: np.asarray(nearest.predict(found.reshape(len(found), -1))),
    )


def photographs(count: int) -> RealSet:
    """Cut-outs of photographs with as many images as `clothes`; the kinds are clusters."""
    learned = cut_outs(2 * count, seed=1, train=True)
    clusters = KMeans(KINDS, n_init=1, random_state=0).fit(_summary(learned))
    shares = np.bincount(clusters.labels_, minlength=KINDS) / len(learned)
    order = np.abs(shares - 1 / KINDS).argsort().argsort()  # the first kinds are like classes
    pool = cut_outs(2 * count, seed=2, train=False)
    garments = read_bundle()[0].images[:count]
    edge = (SIDE - garments.shape[1]) // 2
    strangers = np.pad(garments, ((0, 0), (edge, edge), (edge, edge)))

    def kinds_of(images: np.ndarray) -> np.ndarray:
        found: np.ndarray = order[clusters.predict(_summary(images))]
        return found

    return RealSet(
        name="photographs",
        data=_data(
            ArraySplit(learned),
            ArraySplit(cut_outs(count, seed=3, train=False)),
            ArraySplit(cut_outs(count, seed=4, train=False)),
        ),
        pool=pool,
        pool_kinds=kinds_of(pool),
        foreign=np.repeat(strangers[..., None], 3, axis=3),
        kinds_of=kinds_of,
    )


SETS: dict[str, Callable[[int], RealSet]] = {"clothes": clothes, "photographs": photographs}


def cut_outs(count: int, *, seed: int, train: bool) -> np.ndarray:
    """Random cut-outs of the photographs, uint8 (count, SIDE, SIDE, 3).

    Args:
        count: how many.
        seed: of the draw.
        train: from the squares of training images, or from the others.
    """
    rng = np.random.default_rng(seed)
    folder = Path(sklearn.datasets.__file__).parent / "images"
    squares = []
    for name in PHOTOGRAPHS:
        with Image.open(folder / name) as photograph:
            whole = photograph.convert("RGB")
        for row in range(whole.height // SQUARE):
            for column in range(whole.width // SQUARE):
                if (row + column) % 2 == int(train):
                    left, top = column * SQUARE, row * SQUARE
                    squares.append(whole.crop((left, top, left + SQUARE, top + SQUARE)))
    made = np.empty((count, SIDE, SIDE, 3), np.uint8)
    for image in made:
        size = int(rng.integers(SIDE, WIDEST + 1))
        left, top = (int(each) for each in rng.integers(0, SQUARE - size + 1, 2))
        square = squares[rng.integers(len(squares))]
        box = (left, top, left + size, top + size)
        image[:] = square.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
        if rng.random() < 0.5:
            image[:] = image[:, ::-1].copy()
    return made


def _shuffled(images: np.ndarray, labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Both in one random order, the images with an axis for the channel."""
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order].reshape(*images.shape[:3], 1), labels[order]


def _data(
    train: ArraySplit, validation: ArraySplit, test: ArraySplit, classes: int | None = None
) -> Data:
    digest = f"battery {[len(each) for each in (train, validation, test)]} {train.values.sum()}"
    spec = DataSpec(
        form="image", shape=train.values.shape[1:], levels=256, size=len(train), classes=classes
    )
    return Data(spec=spec, train=train, validation=validation, test=test, digest=digest)


def _summary(images: np.ndarray) -> np.ndarray:
    """The mean colours of 2 x 2 parts of each image and their spread, (n, 15)."""
    n, side = len(images), images.shape[1] // 2
    parts = images.reshape(n, 2, side, 2, side, 3).astype(np.float64)
    means = parts.mean(axis=(2, 4)).reshape(n, -1)
    return np.concatenate([means, images.std(axis=(1, 2))], axis=1)
