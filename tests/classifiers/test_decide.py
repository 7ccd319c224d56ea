import numpy as np
import pytest

from cxtext.classifiers.calibration import Calibration
from cxtext.classifiers.decide import choose_causes

THRESHOLDS = np.full(6, 0.5)


@pytest.mark.parametrize(
    ("probabilities", "given"),
    [
        ([0.6, 0.1, 0.1, 0.1, 0.1, 0.1], [0]),
        ([0.6, 0.1, 0.1, 0.1, 0.1, 0.9], [0]),  # general (the last) never beside another
        ([0.1, 0.1, 0.1, 0.1, 0.1, 0.9], [5]),
        ([0.1, 0.3, 0.1, 0.1, 0.1, 0.2], [1]),  # at least one
        ([0.9, 0.8, 0.7, 0.6, 0.55, 0.1], [0, 1, 2, 3]),  # at most four
    ],
)
def test_the_codebooks_rules(probabilities, given):
    assert np.flatnonzero(choose_causes(np.array([probabilities]), THRESHOLDS, general=5)[0]).tolist() == given


def test_a_lower_threshold_lets_a_rarer_cause_through():
    thresholds = np.array([0.5, 0.2])
    assert choose_causes(np.array([[0.3, 0.3]]), thresholds, general=None)[0].tolist() == [False, True]


def test_decision_offsets_move_the_choice_but_not_the_probabilities():
    plain = Calibration(1.0, np.zeros(2, np.float32), np.zeros(2, np.float32))
    tilted = Calibration(1.0, np.zeros(2, np.float32), np.array([0.0, 1.0], np.float32))
    logits = np.array([[0.5, 0.0]], np.float32)
    assert np.array_equal(plain.probabilities("churn", logits), tilted.probabilities("churn", logits))
    assert plain.chosen(plain.probabilities("churn", logits)).tolist() == [0]
    assert tilted.chosen(tilted.probabilities("churn", logits)).tolist() == [1]


def test_a_calibration_survives_its_json():
    calibration = Calibration(0.75, np.array([0.1, -0.2], np.float32), np.array([0.5, 0.25], np.float32))
    again = Calibration.from_dict(calibration.to_dict())
    assert again.scale == 0.75
    assert np.allclose(again.bias, calibration.bias)
    assert np.allclose(again.decision, calibration.decision)
