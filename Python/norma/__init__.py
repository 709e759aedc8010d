"""Reads the results of `norma segment` and `norma bids` as nibabel images and pandas tables.

    import norma

    results = norma.read("OUT")
    results.cases                        # one row per case
    results.regions                      # one row per region of all cases
    results["sub-001"].mask.get_fdata()  # nibabel image on the grid of the scan

Needs nibabel and pandas: pip install 'norma[python]'. The columns are described in Documentation/reference/files.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from norma.results import Case, Results, read

__all__ = ["Case", "Results", "read"]


def __getattr__(name: str) -> Any:
    # Imported when first used: the command starts through this package and needs neither nibabel nor pandas.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import norma.results

    return getattr(norma.results, name)
