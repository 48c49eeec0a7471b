"""Calibration (kalibrering): uncertain parameters fitted to statistics, as an ensemble of sets that all agree."""

from sim.calibration.calibrating import calibrate, open_calibration
from sim.calibration.folder import Found, write_calibration
from sim.calibration.matching import Matched, Settings, match
from sim.calibration.plan import Plan, planned

__all__ = [
    "Found",
    "Matched",
    "Plan",
    "Settings",
    "calibrate",
    "match",
    "open_calibration",
    "planned",
    "write_calibration",
]
