#!/usr/bin/env python3
"""Reads the results of `norma segment -o OUT` with nibabel and pandas: Examples/read_results.py OUT

pip install nibabel pandas. Prints one row per case, and the position and scores of the five largest
regions.
"""
import sys
from pathlib import Path

import nibabel
import numpy
import pandas


def image(path: Path) -> numpy.ndarray:
    return numpy.asanyarray(nibabel.load(path).dataobj)


def lesions(out: Path, case: pandas.Series) -> pandas.DataFrame:
    """The lesion table of a case, with the median of its map inside each lesion."""
    labels = out / case["mask"].replace("_label-lesion_mask", "_seg-lesions_dseg")
    table = pandas.read_csv(str(labels).removesuffix(".nii.gz") + ".tsv", sep="\t", na_values="n/a")
    numbers, scores = image(labels), image(out / case["anomaly_map"])
    table["median_score"] = [float(numpy.median(scores[numbers == index])) for index in table["index"]]
    table.insert(0, "case_id", case["case_id"])
    return table


def main() -> None:
    out = Path(sys.argv[1])
    cases = pandas.read_csv(out / "cases.tsv", sep="\t", na_values="n/a")
    print(cases[["case_id", "status", "lesion_volume_ml", "lesion_count"]].to_string(index=False))
    tables = [lesions(out, case) for _, case in cases[cases["status"] == "ok"].iterrows()]
    if not tables:
        sys.exit("no case was segmented")
    largest = pandas.concat(tables).nlargest(5, "volume_mm3")
    places = ["centroid_x_mm", "centroid_y_mm", "centroid_z_mm"]
    print(largest[["case_id", "volume_mm3", "mean_score", "median_score", *places]].round(2).to_string(index=False))


if __name__ == "__main__":
    main()
