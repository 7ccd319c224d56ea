"""Features to calibrated labels with evidence spans."""

from cxtext.classifiers.annotate import ClassifierAnnotator
from cxtext.classifiers.calibration import Calibration
from cxtext.classifiers.heads import Heads
from cxtext.classifiers.network import Network

__all__ = ["Calibration", "ClassifierAnnotator", "Heads", "Network"]
