import attrs

from tests.helpers.evaluations import make_score
from vaereg.comparison.statistics.effect import Effect

SCORE = make_score(
    "coverage_pixels",
    0.5,
    extractor="pixels",
    question="varied",
    direction=1,
    share=True,
    meaning="What is covered.",
)
EFFECT = Effect(
    score=SCORE,
    value_a=0.5,
    value_b=0.6,
    reference=0.9,
    effect=0.1,
    interval=lambda level: (0.1 - level, 0.1 + level),
    p=0.02,
    procedure="made up",
    by_seed=(0.1,),
    directed=True,
    in_logarithms=False,
)


def test_the_difference_has_the_interval_of_its_level():
    found = EFFECT.at(0.9)
    assert (found.low, found.high, found.level) == (0.1 - 0.9, 0.1 + 0.9, 0.9)
    assert EFFECT.at().level == 0.95


def test_the_difference_has_every_fact_of_the_score_and_the_effect():
    found = attrs.asdict(EFFECT.at())
    for name in ("name", "extractor", "question", "direction", "ideal", "unit", "share", "meaning"):
        assert found[name] == getattr(SCORE, name)
    for name in ("value_a", "value_b", "reference", "effect", "p", "procedure", "directed"):
        assert found[name] == getattr(EFFECT, name)


def test_without_influences_there_is_no_interval():
    found = attrs.evolve(EFFECT, interval=None).at()
    assert (found.low, found.high) == (None, None)
