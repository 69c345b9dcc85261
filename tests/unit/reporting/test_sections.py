"""The content of single sections."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import attrs
import numpy as np
import pytest

from tests.helpers.reported_runs import compared, difference, image_arrays, reported, score
from vaereg.comparison.comparison import VERDICTS, Answer, Difference, Verdict
from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.reporting.differences import differing, flattened
from vaereg.reporting.sections.changes import changes
from vaereg.reporting.sections.class_shares import MOST, class_shares
from vaereg.reporting.sections.samples import same_latents
from vaereg.reporting.sections.scores import TWINS, row, scores
from vaereg.reporting.sections.seeds import seeds
from vaereg.reporting.sections.sharp import in_numbers
from vaereg.reporting.sections.training import training
from vaereg.reporting.sections.true import frechet
from vaereg.reporting.sections.verdict import LIGHTS, verdict_text
from vaereg.reporting.sections.why import NAMES, why


def test_changes_lists_what_differs_and_nothing_else(tmp_path: Path) -> None:
    section = changes(reported(tmp_path, "baseline", "sharp"))

    assert section is not None
    (facts,) = section.blocks
    assert facts.rows == (("likelihood", ("vaereg/bernoulli", "vaereg/gaussian")),)


def test_another_component_has_its_parameters_in_brackets() -> None:
    one = {"sampler": "prior", "decoder": "conv", "decoder.widths": "[64]", "ema": "0"}
    other = {**one, "sampler": "mixture", "sampler.components": "[1, 2]", "decoder.widths": "[8]"}

    assert differing([one, other]) == (
        ("sampler", ("prior", "mixture (components [1, 2])")),
        ("decoder.widths", ("[64]", "[8]")),
    )
    assert differing([one, other], brackets=False)[0] == ("sampler", ("prior", "mixture"))
    assert differing([one, {"decoder": "conv", "decoder.widths": "[64]", "ema": "0"}]) == (
        ("sampler", ("prior", "\u2013")),
    )


def test_samples_of_another_sampler_are_a_change(tmp_path: Path) -> None:
    one, other = reported(tmp_path, "baseline", "baseline")
    drawn = attrs.evolve(other.evaluation, sampler="vaereg/gaussian_mixture")

    section = changes([one, attrs.evolve(other, evaluation=drawn)])

    assert section is not None
    rows = dict(section.blocks[0].rows)
    assert rows["sampler"][1] == "vaereg/gaussian_mixture, for these samples"


def test_changes_of_one_run_are_none(tmp_path: Path) -> None:
    assert changes(reported(tmp_path, "baseline")) is None


def test_a_table_is_flattened_with_components_under_their_slots() -> None:
    table = {"encoder": {"use": "conv", "widths": [32, 64]}, "ema": 0.5, "jit": True, "path": ""}

    assert dict(flattened(table)) == {
        "encoder": "conv",
        "encoder.widths": "[32, 64]",
        "ema": "0.5",
        "jit": "true",
        "path": '""',
    }


def test_latents_are_the_same_for_equal_priors_seeds_and_shapes(tmp_path: Path) -> None:
    one, other = reported(tmp_path, "baseline", "sharp")

    assert same_latents([one, other])
    elsewhere = attrs.evolve(other.evaluation, sampling_seed=1)
    assert not same_latents([one, attrs.evolve(other, evaluation=elsewhere)])
    fitted = attrs.evolve(other.evaluation, sampler="vaereg/gaussian_mixture")
    assert not same_latents([one, attrs.evolve(other, evaluation=fitted)])
    wider = other.declaration.replace("latent = 16", "latent = 32")
    assert not same_latents([one, attrs.evolve(other, declaration=wider)])


def test_a_score_is_shown_with_its_interval_and_its_reference(tmp_path: Path) -> None:
    runs = reported(tmp_path, "baseline", "sharp")

    shown = row(runs, "coverage_classifier")

    assert [cell.value for cell in shown.cells] == ["60.0\u202f%", "70.0\u202f%"]
    assert shown.cells[0].interval == "57.0\u202f% to 63.0\u202f%"
    assert shown.reference.value == "96.0\u202f%"
    assert shown.best == "higher"
    places = {mark.series: mark.at for mark in shown.marks}
    assert places["a"] < places["b"] < places["real"]


def test_scores_of_reconstructions_have_a_table_of_their_own(tmp_path: Path) -> None:
    run, _ = reported(tmp_path, "baseline", "sharp")
    twin = score("hf_gap_reconstructed", -3.0)
    evaluation = attrs.evolve(run.evaluation, scores={**run.evaluation.scores, twin.name: twin})

    tables = scores([attrs.evolve(run, evaluation=evaluation)]).blocks

    named = {each.title: [row.name for row in each.rows] for each in tables}
    assert named[TWINS] == ["hf_gap_reconstructed"]
    assert sum(map(len, named.values())) == len(evaluation.scores)


def test_a_score_that_one_run_lacks_is_not_measured(tmp_path: Path) -> None:
    one, other = reported(tmp_path, "baseline", "sharp")
    extra = attrs.evolve(one.evaluation, scores={"only_here": score("only_here", 3.0)})

    shown = row([attrs.evolve(one, evaluation=extra), other], "only_here")

    assert shown.cells[0].value
    assert not shown.cells[1].value


def test_the_small_axis_of_a_score_stays_within_its_length(tmp_path: Path) -> None:
    (run,) = reported(tmp_path, "baseline")
    odd = score(
        "odd",
        1e9,
        low=-1e9,
        high=float("inf"),
        reference=0.0,
        reference_low=None,
        reference_high=None,
    )
    changed = attrs.evolve(run.evaluation, scores={"odd": odd})

    marks = row([attrs.evolve(run, evaluation=changed)], "odd").marks

    assert marks
    assert all(0 <= place <= 100 for mark in marks for place in (mark.at, mark.low, mark.high))


def test_with_many_classes_those_that_differ_most_are_shown(tmp_path: Path) -> None:
    arrays = image_arrays()
    arrays["curves/class_share_real"] = np.full(100, 0.01)
    ours = np.full(100, 0.01)
    ours[63], ours[7] = 0.02, 0.0
    arrays["curves/class_share_generated"] = ours

    shares = class_shares(reported(tmp_path, "baseline", arrays=arrays))

    assert shares is not None
    assert len(shares.groups) == MOST
    assert [name for name, _ in shares.groups[:2]] == ["class 7", "class 63"]
    lengths = {name: bars[1].length for name, bars in shares.groups}
    assert lengths["class 7"] == 0.0
    assert lengths["class 63"] == 100.0


def test_the_limit_of_the_frechet_distance_is_that_of_infinitely_many_samples(
    tmp_path: Path,
) -> None:
    arrays = image_arrays()
    sizes = np.array([100, 200, 500, 1000])
    arrays["scores/frechet_distance_infinity_classifier/curve"] = np.stack(
        [sizes, 12.0 + 800.0 / sizes]
    )

    (figure,) = frechet(reported(tmp_path, "baseline", arrays=arrays))

    assert "12.0 for infinitely many samples" in figure.drawings[0].summary
    labels = [tick.label for tick in figure.drawings[0].x_ticks]
    assert labels[0] == "∞"
    assert "100" in labels


def test_training_has_a_chart_for_each_term(tmp_path: Path) -> None:
    section = training(reported(tmp_path, "baseline", "sharp"))

    assert section is not None
    (figure,) = section.blocks
    assert [drawing.title for drawing in figure.drawings] == ["loss", "kl", "eval_hf_gap"]
    lines = [path.classes for path in figure.drawings[0].paths]
    assert lines == ["line a faint", "line a", "line b faint", "line b"]


def test_scores_that_are_evaluated_now_and_then_are_joined(tmp_path: Path) -> None:
    section = training(reported(tmp_path, "baseline"))

    assert section is not None
    evaluated = section.blocks[0].drawings[2]
    assert evaluated.paths[0].d.count("L") == 3
    assert evaluated.paths[0].d.count("M") == 1


def test_a_line_joins_the_two_values_of_each_seed() -> None:
    section = seeds(compared(seeds=6))

    assert section is not None
    (figure,) = section.blocks
    assert len(figure.drawings) == 4  # the question of features was answered in two spaces
    for drawing in figure.drawings:
        assert sum(path.classes == "line pair faint" for path in drawing.paths) == 6
        assert [tick.label for tick in drawing.x_ticks] == ["A", "B"]


def test_one_pair_of_runs_has_no_seeds_to_show() -> None:
    assert seeds(compared(seeds=1)) is None


@pytest.mark.parametrize("word", VERDICTS)
def test_every_verdict_has_a_light_and_a_sign_of_its_own(word: str) -> None:
    found = verdict_text(Verdict(question="sharp", verdict=word, sentence="So it is."))

    assert found.word == word
    assert found.sign
    assert len({sign for _, sign in LIGHTS.values()}) == len(VERDICTS)


def test_an_interval_is_drawn_to_one_scale_about_no_effect() -> None:
    score = difference("hf_gap", "sharp", 6, effect=2.0, low=1.0, high=4.0)
    verdict = Verdict(
        question="sharp",
        verdict="better",
        answers=(Answer(verdict="better", score=score, rope=0.5),),
    )

    drawn = verdict_text(verdict).grounds[0].interval

    assert drawn is not None
    assert drawn.zero == 50.0
    unit = drawn.at - 50
    assert drawn.low - 50 == pytest.approx(unit / 2, abs=0.02)
    assert drawn.high - 50 == pytest.approx(unit * 2, abs=0.02)
    assert drawn.rope_high - 50 == pytest.approx(unit / 4, abs=0.02)
    assert drawn.high <= 100


def test_effects_of_shares_are_in_points_and_of_ratios_in_logarithms() -> None:
    share = difference("coverage_classifier", "varied", 2, effect=0.021)
    ratio = difference("hf_gap", "sharp", 2, effect=-0.5, in_logarithms=True)

    def effect(each: Difference) -> str:
        answer = Answer(verdict="better", score=each, rope=0.1)
        verdict = Verdict(question="sharp", verdict="better", answers=(answer,))
        return re.sub(r"\s", " ", verdict_text(verdict).grounds[0].figures.effect)

    assert effect(share) == "+2.1 points"
    assert effect(ratio) == "\u22120.500 in ln"


def test_every_cause_has_a_name() -> None:
    assert set(NAMES) == set(get_args(CauseKind))


def test_causes_are_a_row_for_each_kind_with_a_column_for_each_run(tmp_path: Path) -> None:
    one, other = reported(tmp_path, "baseline", "sharp")
    parts = {
        f"kernel_distance_{part}_classifier": attrs.evolve(
            score(f"kernel_distance_{part}_classifier", value, reference=0.0),
            extractor="classifier",
            low=value,
        )
        for part, value in (("reconstructed", 0.03), ("added_by_prior", 0.07))
    }
    bad = attrs.evolve(one, evaluation=attrs.evolve(one.evaluation, scores=parts))
    good = attrs.evolve(other, evaluation=attrs.evolve(other.evaluation, scores={}))

    (facts,) = why([bad, good]).blocks

    rows = dict(facts.rows)
    assert list(rows) == ["Decoder", "Decoder: may help", "Prior", "Prior: may help"]
    helpful, nothing = rows["Decoder: may help"]
    assert "regularizer focal_frequency" in helpful and "longer training" in helpful
    assert nothing == ""
    assert "30.0 % in classifier" in rows["Decoder"][0]
    assert "70.0 % in classifier" in rows["Prior"][0]
    assert rows["Prior"][0].startswith("Of the kernel") and rows["Prior"][0].endswith(".")
    assert rows["Prior"][1] == ""
    (nothing,) = why([good]).blocks
    assert nothing.rows == (("Causes", ("no single cause stands out",)),)


def test_the_spectra_are_told_in_numbers_with_reference_and_limit(tmp_path):
    (run,) = reported(tmp_path, "sharp")
    scores = dict(run.evaluation.scores)
    limited = attrs.evolve(
        scores["spectrum_distance"], name="periodic_artifacts", value=4.0, limit=1.5
    )
    evaluation = attrs.evolve(run.evaluation, scores={**scores, limited.name: limited})
    found = in_numbers([attrs.evolve(run, evaluation=evaluation)])

    assert [name for name, _ in found.rows] == [
        "Distance of samples from real images",
        "Largest regular pattern in samples",
    ]
    assert "(real data 0.0500 dB)" in found.rows[0][1][0]
    assert found.rows[1][1][0] == "4.00 dB, above the limit of 1.50 dB"
