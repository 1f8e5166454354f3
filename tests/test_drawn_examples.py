"""What the strategies draw is taken as it was drawn, in every format: probabilities that bfloat16 rounded too."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lossref
from lossref import strategies
from lossref.formats import JUDGED

OF_PROBABILITIES = ("kl_divergence", "entropy", "soft_target_cross_entropy", "categorical_cross_entropy")


@pytest.mark.sampled(OF_PROBABILITIES)
@pytest.mark.parametrize("format", JUDGED)
def test_drawn_examples_are_taken(loss, format):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def drawn(data):
        example = data.draw(strategies.arguments_for(loss.name, format=format))
        lossref.value(loss.name, **example)
        lossref.oracle(loss.name, **example, digits=3)

    drawn()


@pytest.mark.parametrize("off", [2.0**-7, -(2.0**-7), 0.02, 0.1])
def test_what_the_format_given_does_not_round_so_far_is_refused(off):
    """Also where bfloat16 would: what counts is the format that the numbers came in."""
    with pytest.raises(ValueError, match="must sum to 1"):
        lossref.value("entropy", [0.5, 0.5 + off])
