"""All problems of a registry are reported at once, each with its place and what to do."""

# ruff: noqa: E501  # a table has a row a line

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.declared_components import Source
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Adaptive, Evaluating, NamedChoice
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.declaration.text.document import parse_document
from vaereg.errors import DeclarationError

GOOD = """\
default = "a"
[data.clothes]
use = "clothes"
[models.a]
data = "clothes"
latent = [7, 7, 8]
encoder = { use = "conv", widths = [8] }
decoder = "tests/conv"
kl = { weight = { ramp = [0, 1], epochs = 5 }, free_bits = 0.5 }
[models.a.regularizers]
mmd = {}
sharp = { use = "focal_frequency", weight = 0.5, alpha = 2 }
[models.a.discriminators]
patch = { weight = "adaptive", warmup_steps = 5, optimizer = "sgd", loss = "logistic" }
[train]
epochs = 3
"""


def test_a_condition_that_is_named_twice_is_handed_out_once() -> None:
    text = GOOD.replace('use = "clothes"', 'use = "clothes"\ngiven = ["label", "size", "label"]')
    found = resolve(parse_document(text, folder=Path("/data")), Source())
    assert found.data_slot.given == ("label", "size")


def test_a_good_registry_is_resolved_with_defaults() -> None:
    found = resolve(parse_document(GOOD, folder=Path("/data")), Source())
    assert found.model == "a"
    assert (found.data_name, found.data_slot.offer.full_name) == ("clothes", "tests/clothes")
    assert found.latent_shape == (7, 7, 8)
    assert found.encoder.params.widths == (8,)
    assert found.decoder.offer.name == "conv"
    assert found.likelihood.offer.name == "gaussian_optimal_variance"
    assert (found.posterior.offer.name, found.objective.offer.name) == ("gaussian", "elbo")
    assert found.kl.free_bits == 0.5
    assert [slot.key for slot in found.regularizers] == ["mmd", "sharp"]
    assert found.regularizers[1].weight == Schedule.constant(0.5)
    (discriminator,) = found.discriminators
    assert (discriminator.weight, discriminator.warmup_steps) == (Adaptive(), 5)
    assert discriminator.optimizer == NamedChoice(use="sgd")
    assert (found.train.epochs, found.train.batch_size) == (3, 128)
    assert found.encoder.place.line == 7
    assert found.folder == Path("/data")
    assert found.warnings == ()


def test_a_deprecated_component_is_a_warning_with_its_place_and_successor() -> None:
    document = parse_document(GOOD.replace("latent =", 'prior = "vamp"\nlatent ='))
    (warning,) = resolve(document, Source()).warnings
    assert warning == (
        "registry.toml:6:1: prior tests/vamp is deprecated: it is slow; use `standard_normal`"
    )


def test_the_only_model_and_the_only_data_need_not_be_named() -> None:
    document = parse_document('[data.x]\nuse = "clothes"\n[models.m]\nlatent = 2\n')
    assert resolve(document, Source()).model == "m"


def test_problems_of_another_model_do_not_affect_the_requested_one() -> None:
    document = parse_document(GOOD + '[models.b]\nlatent = "x"\nprior = "lost"\n')
    assert resolve(document, Source(), "a").model == "a"
    with pytest.raises(DeclarationError) as caught:
        resolve_all(document, Source())
    assert len(caught.value.problems) == 2


def test_groups_of_a_latent_keep_their_order_and_make_one_vector():
    text = _replaced(LATENT, "latent = { top = 3, bottom = [4, 4, 2] }")

    found = resolve(parse_document(text), Source(), "a")

    assert found.latent.groups == (("top", (3,)), ("bottom", (4, 4, 2)))
    assert found.latent_shape == (35,)


def _replaced(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


LATENT = "latent = [7, 7, 8]"
ENCODER = '{ use = "conv", widths = [8] }'
BAD = [
    # (the case, text, code, line, column, width, words in the message or hint)
    ("top key", _replaced("[train]", "[trian]"), "unknown-key", 15, 2, 5, '"train"'),
    ("model key at the top", "latent = 3\n" + GOOD, "unknown-key", 1, 1, 6, "[models.NAME]"),
    ("default", _replaced('"a"', '"aa"'), "unknown-model", 1, 11, 4, 'did you mean "a"'),
    ("type of default", _replaced('default = "a"', "default = 1"), "wrong-type", 1, 11, 1, "a string"),
    ("data name", _replaced('data = "c', 'data = "k'), "unknown-data", 5, 8, 9, '"clothes"'),
    ("inline data", _replaced('data = "clothes"', "data = {}"), "wrong-type", 5, 8, 2, "[data.NAME]"),
    ("no use of data", _replaced('use = "clothes"', ""), "missing-key", 2, 7, 7, "folder"),
    ("dataset", _replaced('use = "clothes"', 'use = "cloth"'), "unknown-component", 3, 7, 7, ""),
    ("missing path", _replaced('use = "clothes"', 'use = "folder"'), "missing-key", 2, 7, 7, "path ="),
    ("model key", _replaced("kl =", "lk ="), "unknown-key", 9, 1, 2, "kl"),
    ("no latent", _replaced(LATENT, ""), "missing-key", 4, 9, 1, "latent = 16"),
    ("latent text", _replaced(LATENT, 'latent = "16"'), "wrong-type", 6, 10, 4, "quotes: 16"),
    ("latent true", _replaced(LATENT, "latent = true"), "wrong-type", 6, 10, 4, "an integer"),
    ("latent 0", _replaced(LATENT, "latent = 0"), "out-of-range", 6, 10, 1, "1 <="),
    ("latent shape", _replaced("7, 7, 8", "7, 0, 8"), "out-of-range", 6, 14, 1, "1 <="),
    ("companion", _replaced(LATENT, LATENT + '\nposterior = "ladder"'), "does-not-fit", 7, 1, 9, 'encoder = "dense"'),
    ("latent groups of text", _replaced("[7, 7, 8]", '{ top = "2" }'), "wrong-type", 6, 18, 3, ""),
    ("latent group of 0", _replaced("[7, 7, 8]", "{ top = [4, 0] }"), "out-of-range", 6, 22, 1, "1 <="),
    ("latent without groups", _replaced("[7, 7, 8]", "{}"), "missing-key", 6, 10, 2, "{ top = 8"),
    ("name of a latent group", _replaced("[7, 7, 8]", "{ Top = 2 }"), "bad-name", 6, 12, 3, "lowercase"),
    ("latent empty", _replaced("7, 7, 8", ""), "wrong-length", 6, 10, 2, "at least 1"),
    ("component", _replaced('"conv"', '"cnov"'), "unknown-component", 7, 19, 6, "cnov"),
    ("component by full name", _replaced("tests/conv", "tests/c"), "unknown-component", 8, 11, 9, ""),
    ("slot type", _replaced(ENCODER, "3"), "wrong-type", 7, 11, 1, '"dense"'),
    ("type of use", _replaced('use = "conv"', "use = 3"), "wrong-type", 7, 19, 1, "a string"),
    ("parameter", _replaced("widths", "width"), "unknown-key", 7, 27, 5, "encoder tests/conv"),
    ("parameter element", _replaced("[8]", "[8, 0]"), "out-of-range", 7, 40, 1, "1 <="),
    ("parameter text", _replaced("[8]", '["8"]'), "wrong-type", 7, 37, 3, "integer"),
    ("kl key", _replaced("free_bits", "freebits"), "unknown-key", 9, 48, 8, '"free_bits"'),
    ("kl range", _replaced("= 0.5 }\n[models.a.reg", "= -1 }\n[models.a.reg"), "out-of-range", 9, 60, 2, ""),
    ("kl schedule", _replaced("epochs = 5 }", "epoch = 5 }"), "unknown-key", 9, 34, 5, '"epochs"'),
    ("regularizer", _replaced("mmd = {}", "mdm = {}"), "unknown-component", 11, 1, 3, "mdm"),
    ("regularizer type", _replaced("mmd = {}", "mmd = 3"), "wrong-type", 11, 7, 1, "regularizer"),
    ("regularizer name", _replaced("mmd = {}", "loss = {use='mmd'}"), "bad-name", 11, 1, 4, "my_loss"),
    ("entry called use", _replaced("mmd = {}", "use = 'mmd'"), "bad-name", 11, 1, 3, "regularizers.NAME = { use = ... }"),
    ("entry called weight", _replaced("mmd = {}", "weight = 3.0"), "bad-name", 11, 1, 6, "regularizers.NAME = { weight = ... }"),
    ("table called weight", _replaced("mmd = {}", "weight = {use='mmd'}"), "bad-name", 11, 1, 6, "choose another: my_weight"),
    ("entry called optimizer", _replaced("patch =", "optimizer ="), "bad-name", 14, 1, 9, "discriminators.NAME"),
    ("regularizer letters", _replaced("mmd = {}", "M-d = {use='mmd'}"), "bad-name", 11, 1, 3, "lowercase"),
    ("one name twice", _replaced("mmd = {}", "patch = {use='mmd'}"), "bad-name", 11, 1, 5, "both"),
    ("weight", _replaced("weight = 0.5", 'weight = "x"'), "wrong-type", 12, 45, 3, "a schedule"),
    ("own check", _replaced("alpha = 2", "alpha = 101"), "invalid-value", 12, 1, 5, "overflows"),
    ("parameter of regularizer", _replaced("alpha", "alhpa"), "unknown-key", 12, 50, 5, '"alpha"'),
    ("critic weight", _replaced('"adaptive"', "-1"), "out-of-range", 14, 20, 2, "0 <="),
    ("critic warm-up", _replaced("steps = 5", "steps = 0.5"), "wrong-type", 14, 47, 3, "integer"),
    ("critic optimizer", _replaced('"sgd"', '"sdg"'), "unknown-name", 14, 62, 5, '"sgd"'),
    ("critic choice", _replaced('"logistic"', '"logistc"'), "not-a-choice", 14, 76, 9, '"logistic"'),
    ("train", _replaced("epochs = 3", "epochs = 0"), "out-of-range", 16, 10, 1, "1 <="),
    ("train key", _replaced("epochs = 3", "epocs = 3"), "unknown-key", 16, 1, 5, '"epochs"'),
    ("optimizer of no part", GOOD + "[train.optimizers]\nencodr = 'adam'", "unknown-key", 18, 1, 6, '"encoder"'),
    ("two optimizers", GOOD + "[train.optimizers]\npatch = 'adam'", "too-many-keys", 18, 1, 5, "remove this one"),
    ("optimizer of a part", GOOD + "[train.optimizers]\ndecoder = 'adm'", "unknown-name", 18, 11, 5, '"adam"'),
    ("replaced twice", _replaced("mmd = {}", "rebuilt = {}\nagain = { use = 'rebuilt' }"), "does-not-fit", 12, 1, 5, "`rebuilt` and regularizer `again`"),
    ("called like a part", _replaced("mmd = {}", "decoder = {use='mmd'}"), "bad-name", 11, 1, 7, "part of every model"),
    ("wrong form", _replaced('use = "clothes"', 'use = "table"'), "wrong-data-form", 7, 11, 30, "dense"),
    ("bad model name", _replaced("[models.a.reg", "[models.'a/b']\nextends='a'\n[models.a.reg"),
     "bad-name", 10, 9, 5, "folders"),
    ("hidden parameter", _replaced("mmd = {}", "hidden = {}"), "broken-component", 11, 1, 6, "rename the parameter in HiddenParams"),
    ("hidden parameter's line", _replaced("mmd = {}", "hidden = {}"), "broken-component", 11, 1, 6, "declared_components.py:"),
    ("strange", _replaced("mmd = {}", "strange = {}"), "broken-component", 11, 1, 7, "complex"),
    ("extractor", GOOD + 'evaluate.features = "shalow"', "unknown-component", 17, 21, 8, "shalow"),
    ("extractor parameter", GOOD + 'evaluate.features = { use = "shallow", scale = 0 }', "out-of-range", 17, 48, 1, "0 <"),
    ("too few examples", GOOD + "evaluate.examples = 99", "out-of-range", 17, 21, 2, "100 <="),
    ("never evaluated", GOOD + "evaluate.every = 0", "out-of-range", 17, 18, 1, "1 <="),
    ("a score alone", GOOD + 'evaluate.scores = "elbo"', "wrong-type", 17, 19, 6, "array of strings"),
    ("no scores", GOOD + "evaluate = { scores = [] }", "invalid-value", 17, 1, 8, "at least one score"),
    ("iwae", _replaced("latent", 'objective = "iwae"\nlatent'), "does-not-fit", 10, 48, 9, "elbo"),
]  # fmt: skip  # a table to read


@pytest.mark.parametrize("case", BAD, ids=lambda case: case[0])
def test_a_problem_is_reported_at_its_place(case: tuple[str, str, str, int, int, int, str]) -> None:
    _, text, code, line, column, width, words = case
    with pytest.raises(DeclarationError) as caught:
        resolve_all(parse_document(text), Source())
    found = [
        (each.code, each.place.line, each.place.column, each.place.width)
        for each in caught.value.problems
    ]
    assert (code, line, column, width) in found
    problem = caught.value.problems[found.index((code, line, column, width))]
    assert words in problem.message + problem.hint
    assert str(problem.place) in str(caught.value)


def test_evaluation_during_training_is_off_by_default_and_a_child_may_turn_it_off() -> None:
    assert resolve(parse_document(GOOD), Source()).train.evaluate is None
    on = GOOD + 'evaluate = { every = 2, features = "shallow" }\n'
    assert resolve(parse_document(on), Source()).train.evaluate == Evaluating(
        every=2, features="shallow"
    )
    child = '[models.b]\nextends = "a"\ntrain.evaluate = '
    off = resolve(parse_document(on + child + "false\n"), Source(), "b")
    assert off.train.evaluate is None
    other = resolve(parse_document(on + child + '{ features = "auto" }\n'), Source(), "b")
    assert other.train.evaluate == Evaluating(every=2)


def test_all_problems_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("widths", "width").replace("alpha", "alhpa").replace("epochs = 3", "e = 3")
    with pytest.raises(DeclarationError) as caught:
        resolve(parse_document(text), Source())
    assert [problem.place.line for problem in caught.value.problems] == [7, 12, 16]
    assert "3 errors" in str(caught.value)


def test_the_exit_code_is_3_if_missing_or_broken_plugins_are_the_only_problem() -> None:
    lost = _replaced("mmd = {}", "lost = {}")
    with pytest.raises(DeclarationError) as caught:
        resolve(parse_document(lost), Source())
    assert caught.value.exit_code == 3
    (problem,) = caught.value.problems
    assert problem.code == "unavailable-component"
    with pytest.raises(DeclarationError) as caught:
        resolve(parse_document(lost.replace("epochs = 3", "epochs = 0")), Source())
    assert caught.value.exit_code == 2


NONE_DECLARED = {
    "no model is declared; add [models.NAME]",
    "no dataset is declared; add [data.NAME]",
}
NO_TABLES = {
    "`models` must be a table; got the integer 4",
    "`data` must be a table; got the integer 3",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", NONE_DECLARED),
        ("data = 3\nmodels = 4", NO_TABLES),
        ("[data]\n[models]", NONE_DECLARED),
    ],
)
def test_a_file_without_models_or_data_is_an_error(text: str, expected: set[str]) -> None:
    with pytest.raises(DeclarationError) as caught:
        resolve(parse_document(text), Source())
    assert {each.message for each in caught.value.problems} >= expected


def test_the_error_for_an_unknown_model_on_the_command_line_lists_the_models() -> None:
    with pytest.raises(DeclarationError, match=r'there is no model "b" in registry.toml') as caught:
        resolve(parse_document(GOOD), Source(), "b")
    assert "models: a" in caught.value.problems[0].hint


def test_without_a_default_one_of_several_models_must_be_named() -> None:
    text = GOOD.replace('default = "a"\n', "") + '[models.b]\nextends = "a"\n'
    with pytest.raises(DeclarationError, match="no model is requested"):
        resolve(parse_document(text), Source())
    assert resolve(parse_document(text), Source(), "b").model == "b"
