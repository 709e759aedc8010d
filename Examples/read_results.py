#!/usr/bin/env python3
"""Reads the results of `norma segment -o OUT` with nibabel and pandas: Examples/read_results.py OUT

pip install 'norma[python]', or in a clone PYTHONPATH=Python and pip install nibabel pandas. Prints one row per case, and the
position and scores of the five largest regions.
"""
import sys

import norma
import numpy


def median_score(case: norma.Case, region: int) -> float:
    """The median of the anomaly map inside a region."""
    inside = case.region_labels.get_fdata() == region
    return float(numpy.median(case.anomaly_map.get_fdata()[inside]))


def main() -> None:
    results = norma.read(sys.argv[1])
    print(results.cases[["status", "lesion_volume_ml", "lesion_count"]])
    largest = results.regions.nlargest(5, "volume_mm3")
    largest["median_score"] = [median_score(results[case_id], region) for case_id, region in largest.index]
    places = ["centroid_x_mm", "centroid_y_mm", "centroid_z_mm"]
    print(largest[["volume_mm3", "mean_score", "median_score", *places]].round(2))


if __name__ == "__main__":
    main()
