"""Sweeps (svep): one scenario at many points."""
