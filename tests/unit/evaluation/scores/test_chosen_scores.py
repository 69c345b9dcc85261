from types import SimpleNamespace

import pytest

import vaereg
from vaereg.declaration.declaration import Evaluating
from vaereg.errors import DeclarationError
from vaereg.evaluation.scores.chosen_scores import choose_scores

INFO = vaereg.ScoreInfo(question="true", direction=-1, meaning="A distance.")


def metric(*names, uses_features=False, distribution="vaereg"):
    scores = dict.fromkeys(names, INFO)
    return SimpleNamespace(
        metric=SimpleNamespace(scores=scores, uses_features=uses_features),
        slot=SimpleNamespace(offer=SimpleNamespace(distribution=distribution)),
    )


PLAIN, OF_FEATURES = metric("hf_gap", "edges"), metric("coverage", uses_features=True)


def choose(*scores, metrics=(PLAIN, OF_FEATURES)):
    return choose_scores(Evaluating(scores=scores), metrics, "image", "registry.toml")


def test_each_needed_metric_is_listed_once():
    chosen = choose("edges", "hf_gap", "edges")
    assert chosen.names == ("edges", "hf_gap")
    assert chosen.metrics == [PLAIN]
    assert not chosen.use_features
    assert choose("hf_gap", "coverage").use_features


def test_scores_of_features_carry_the_extractors_name():
    assert list(choose("hf_gap", "coverage").infos("pixels")) == ["hf_gap", "coverage_pixels"]


def test_a_name_belongs_to_the_first_metric_that_has_it():
    chosen = choose("coverage", metrics=(OF_FEATURES, metric("coverage")))
    assert chosen.metrics == [OF_FEATURES]


def test_every_unknown_name_is_reported_with_the_available_ones():
    with pytest.raises(DeclarationError) as error:
        choose("hf_gapp", "coverage", "bleu")
    text = str(error.value)
    assert "'hf_gapp'" in text and "'bleu'" in text and "'coverage'" not in text
    assert 'did you mean "hf_gap"' in text
    assert "available scores: hf_gap, edges, coverage" in text
    assert "registry.toml [train.evaluate]" in text


def test_the_default_scores_that_fit_the_data_are_chosen():
    metrics = (metric("spectrum_distance", "edges"), OF_FEATURES)
    chosen = choose(*Evaluating().scores, metrics=metrics)

    assert chosen.names == ("spectrum_distance", "coverage")
    with pytest.raises(DeclarationError, match="kernel_distance"):
        choose(*Evaluating().scores, metrics=(metric("other"),))


def test_halves_are_needed_for_scores_of_reconstructions_and_perhaps_by_plugins():
    twins = metric("coverage", "coverage_reconstructed", "distance_added_by_prior")
    of_plugin = metric("gap", distribution="vaereg-plugin-x")
    metrics = (PLAIN, twins, of_plugin)

    assert not choose("edges", "coverage", metrics=metrics).need_halves
    for name in ("coverage_reconstructed", "distance_added_by_prior", "gap"):
        assert choose("edges", name, metrics=metrics).need_halves, name
