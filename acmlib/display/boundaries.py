"""Boundaries of places, from the GeoJSON file that stands beside a contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acmlib.contract.model import Contract
from acmlib.contract.workspace import PARAMS
from acmlib.display.charts.place_map import GeometryError, rings_of


def boundaries(contract: Contract, dimension: str, root: Path) -> Mapping[str, Any] | None:
    """Return the boundaries of a dimension's places; None if the contract names none.

    Raises
    ------
    GeometryError
        If the file is not there, or is no GeoJSON FeatureCollection whose places have names.
    """
    settings = contract.dimensions.get(dimension)
    if settings is None or settings.geometry is None:
        return None
    where = f"{PARAMS}/{contract.id}/{settings.geometry.file}"
    try:
        given = json.loads((root / where).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise GeometryError(f"{where}: is not there; put it beside contract.yml, or take geometry out of dimensions.{dimension}") from error
    except ValueError as error:
        raise GeometryError(f"{where}: is no JSON ({error}); save it again as GeoJSON") from error
    try:
        rings_of(given, settings.geometry.name)
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise GeometryError(f"{where}: is no GeoJSON with places; save it again as GeoJSON in longitude and latitude") from error
    except GeometryError as error:
        raise GeometryError(f"{where}: {str(error).removeprefix('geometry: ')}") from error
    return dict(given)
