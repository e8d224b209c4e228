"""Rows of rating: what a pricing desk keeps."""

from rating.models.accessorial import AccessorialRule, AccessorialTier, DetentionTerms, FreeTime
from rating.models.card import RateCard
from rating.models.density import DensityScale, ScaleEdition, ScaleRow
from rating.models.freight import FakRange, SpaceRule
from rating.models.fuel import FuelProgramme, FuelTableRow
from rating.models.fuel_index import FuelIndexSeries, FuelIndexValue
from rating.models.lane import Lane, LaneBreak
from rating.models.rate_import import RateImport, StagedLane
from rating.models.tax import TaxRate
from rating.models.test_case import RateTestCase
from rating.models.version import RateCardVersion
from rating.models.zone import Zone, ZoneMember

__all__ = [
    "AccessorialRule",
    "AccessorialTier",
    "DensityScale",
    "DetentionTerms",
    "FakRange",
    "FreeTime",
    "FuelIndexSeries",
    "FuelIndexValue",
    "FuelProgramme",
    "FuelTableRow",
    "Lane",
    "LaneBreak",
    "RateCard",
    "RateCardVersion",
    "RateImport",
    "RateTestCase",
    "ScaleEdition",
    "ScaleRow",
    "SpaceRule",
    "StagedLane",
    "TaxRate",
    "Zone",
    "ZoneMember",
]
