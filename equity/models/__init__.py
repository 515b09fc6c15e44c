from equity.models.participation import Participation
from equity.models.replay import ReplayGroups
from equity.models.snapshot import EquityFile, EquitySnapshot, EquityTable

__all__ = ["EquityFile", "EquitySnapshot", "EquityTable", "Participation", "ReplayGroups"]
