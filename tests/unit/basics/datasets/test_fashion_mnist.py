from __future__ import annotations

import gzip
import hashlib
import time
from pathlib import Path

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.bundled import fashion_mnist_bundle as bundle
from vaereg.basics.datasets.bundled import make
from vaereg.basics.datasets.declared import FashionMnistParams
from vaereg.basics.datasets.fashion_mnist import FashionMnist
from vaereg.basics.datasets.splits.labelled_images import LabelledImages

OFFICIAL = Path("/usr/share/datasets/fashion-mnist")  # where Debian's package puts it


def load(context: vaereg.BuildContext, **params: object) -> vaereg.Data:
    return FashionMnist(FashionMnistParams(**params), context)()


def everything(split: vaereg.Split) -> np.ndarray:
    return split.take(np.arange(len(split)))


def idx(values: np.ndarray) -> bytes:
    lengths = b"".join(length.to_bytes(4, "big") for length in values.shape)
    return bytes((0, 0, 8, values.ndim)) + lengths + values.tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """IDX files like the official ones, with 60 and 20 images; half of them compressed."""
    draw = np.random.default_rng(1)
    for part, count in (("train", 60), ("t10k", 20)):
        images = draw.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 10
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return tmp_path


def test_the_bundled_images_are_those_that_were_released() -> None:
    with bundle.Image.open(bundle.FOLDER / bundle.SHEET) as sheet:
        images = bundle.from_sheet(np.asarray(sheet))
    labels = bundle.read_idx(bundle.FOLDER / bundle.LABELS, axes=1)

    assert hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() == bundle.CONTENT
    assert (bundle.FOLDER / "LICENSE-fashion-mnist.txt").read_text().count("MIT License") == 1
    assert sum(path.stat().st_size for path in bundle.FOLDER.glob("fashion*")) < 3e6


def test_the_bundle_has_4000_1000_and_1000_images_and_equally_many_of_each_class(
    context: vaereg.BuildContext,
) -> None:
    data = load(context)

    for split, count in ((data.train, 4000), (data.validation, 1000), (data.test, 1000)):
        assert split is not None
        labels = split.labels(np.arange(len(split)))
        assert labels is not None
        assert np.bincount(labels).tolist() == [count // 10] * 10
    values = everything(data.train)
    assert (values.dtype, values.shape) == (np.float32, (4000, 28, 28, 1))
    assert (values.min(), values.max()) == (0.0, 1.0)
    assert (data.spec.shape, data.spec.size, data.spec.levels) == ((28, 28, 1), 4000, 256)
    assert data.spec.class_names[9] == "Ankle boot"


def test_no_bundled_image_is_in_two_splits(context: vaereg.BuildContext) -> None:
    data = load(context)
    assert data.validation is not None
    assert data.test is not None
    sets = [
        {image.tobytes() for image in everything(split)}
        for split in (data.train, data.validation, data.test)
    ]

    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]


def test_the_bundle_is_read_in_under_a_second(context: vaereg.BuildContext) -> None:
    load(context)  # imports
    start = time.perf_counter()
    load(context)
    assert time.perf_counter() - start < 1.0


def test_making_the_bundle_again_gives_the_same_layout(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    train, test = (
        LabelledImages(
            draw.integers(0, 256, (count, 28, 28), dtype=np.uint8),
            (np.arange(count) % 10).astype(np.uint8),
        )
        for count in (6000, 1500)
    )
    drawn = make.draw(train, test)
    make.write(drawn, tmp_path)

    with bundle.Image.open(tmp_path / bundle.SHEET) as sheet:
        images = bundle.from_sheet(np.asarray(sheet))
    assert np.array_equal(images, drawn.images)
    assert np.array_equal(bundle.read_idx(tmp_path / bundle.LABELS, axes=1), drawn.labels)
    official = {image.tobytes() for image in train.images}
    assert all(image.tobytes() in official for image in images[:5000])
    assert not any(image.tobytes() in official for image in images[5000:])


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="needs Debian's package dataset-fashion-mnist")
def test_the_official_files_give_the_bundle_and_the_full_set(context: vaereg.BuildContext) -> None:
    drawn = make.draw(*make.read_files(OFFICIAL))
    data = load(context, path=str(OFFICIAL))

    assert bundle.content_of(drawn.images, drawn.labels) == bundle.CONTENT
    assert data.validation is not None
    assert data.test is not None
    assert (len(data.train), len(data.validation), len(data.test)) == (55000, 5000, 10000)


def test_idx_files_are_read_whether_compressed_or_not(
    folder: Path, context: vaereg.BuildContext
) -> None:
    data = load(context, path=str(folder), validation=10)

    assert data.validation is not None
    assert (len(data.train), len(data.validation)) == (50, 10)
    raw = gzip.decompress((folder / "train-images-idx3-ubyte.gz").read_bytes())[16:]
    official = np.frombuffer(raw, np.uint8).reshape(60, 28, 28, 1)
    back = np.rint(np.concatenate([everything(data.train), everything(data.validation)]) * 255)
    assert sorted(image.tobytes() for image in back.astype(np.uint8)) == sorted(
        image.tobytes() for image in official
    )


def test_splits_follow_split_seed_and_not_the_seed_of_the_run(
    folder: Path, context: vaereg.BuildContext
) -> None:
    other_run = vaereg.BuildContext(name="data", seed=7, folder=context.folder)
    first = load(context, path=".", validation=10)
    same = load(other_run, path=".", validation=10)
    other = load(context, path=".", validation=10, split_seed=1)

    assert np.array_equal(everything(first.train), everything(same.train))
    assert first.digest == same.digest
    assert not np.array_equal(everything(first.train), everything(other.train))
    assert first.digest != other.digest


def test_limit_takes_some_training_images_and_leaves_the_others(
    context: vaereg.BuildContext,
) -> None:
    few, more = load(context, limit=50), load(context, limit=100)

    assert (len(few.train), few.spec.size) == (50, 50)
    assert np.array_equal(everything(few.train), everything(more.train)[:50])
    assert few.test is not None
    assert len(few.test) == 1000


def test_classes_are_numbered_in_the_order_they_are_wanted(context: vaereg.BuildContext) -> None:
    data = load(context, classes=(9, 0))

    assert data.spec.class_names == ("Ankle boot", "T-shirt/top")
    assert (data.spec.classes, len(data.train)) == (2, 800)
    whole = load(context)
    labels = whole.train.labels(np.arange(4000))
    assert labels is not None
    boots = whole.train.take(np.flatnonzero(labels == 9))
    first = data.train.labels(np.arange(800))
    assert np.array_equal(data.train.take(np.flatnonzero(first == 0)), boots)


def test_missing_files_are_all_named(folder: Path, context: vaereg.BuildContext) -> None:
    (folder / "train-labels-idx1-ubyte").unlink()
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(vaereg.DataError, match=r"missing train-labels.*, t10k-images.*Debian"):
        load(context, path=".")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b"PK\x03\x04" + bytes(100), "magic number is 0x504b0304.*0x00000801", id="a zip file"
        ),
        pytest.param(
            idx(np.zeros(60, np.uint8))[:-5], "header says 60 = 60 values; it holds 55", id="short"
        ),
        pytest.param(bytes((0, 0, 8, 1, 0)), "ends within its header", id="half a header"),
        pytest.param(
            gzip.compress(idx(np.zeros(60, np.uint8)))[:-9], "cannot be read", id="half compressed"
        ),
        pytest.param(
            idx(np.full(60, 11, np.uint8)),
            "label 11 at position 0; allowed are 0 to 9",
            id="class unknown",
        ),
        pytest.param(idx(np.zeros(59, np.uint8)), "60 images but 59 labels", id="label missing"),
    ],
)
def test_a_corrupt_file_is_reported_with_what_is_wrong(
    folder: Path, context: vaereg.BuildContext, content: bytes, message: str
) -> None:
    (folder / "train-labels-idx1-ubyte").write_bytes(content)
    with pytest.raises(vaereg.DataError, match=message):
        load(context, path=".", validation=10)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"path": "nowhere"}, "nowhere does not exist, but .* does"),
        ({"path": ".", "source": "bundled"}, "needs a path, and no other source takes one"),
        ({"source": "idx"}, "needs a path, and no other source takes one"),
        ({"limit": 4001}, "limit = 4001, but there are 4000"),
        ({"classes": (1, 1)}, "names a class twice"),
        ({"path": ".", "validation": 60}, "validation = 60 leaves none of the 60"),
    ],
)
def test_parameters_that_cannot_be_met_are_reported(
    folder: Path, context: vaereg.BuildContext, params: dict[str, object], message: str
) -> None:
    with pytest.raises(vaereg.DataError, match=message):
        load(context, **params)


def test_a_download_that_fails_names_the_ways_without_one(
    context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keras.datasets import fashion_mnist

    def offline() -> None:
        raise Exception("URL fetch failure")  # as Keras does

    monkeypatch.setattr(fashion_mnist, "load_data", offline)
    with pytest.raises(vaereg.DataError, match=r"(?s)URL fetch failure.*bundled.*path = "):
        load(context, source="keras")


def test_a_download_gives_the_same_data_as_the_files(
    folder: Path, context: vaereg.BuildContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from keras.datasets import fashion_mnist

    sets = tuple((part.images, part.labels) for part in make.read_files(folder))
    monkeypatch.setattr(fashion_mnist, "load_data", lambda: sets)
    downloaded = load(context, source="keras", validation=10)

    assert downloaded.digest == load(context, path=".", validation=10).digest
