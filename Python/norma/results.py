"""Results of `norma segment` and `norma bids`."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

try:
    import nibabel
    import pandas
    from nibabel.spatialimages import SpatialImage
    from pandas import DataFrame
except ImportError as error:
    raise ImportError(f"{error.name} is not installed: pip install 'norma[python]'", name=error.name) from error

_MASK = "_label-lesion_mask.nii.gz"


def read(folder: str | Path) -> Results:
    """Results in a folder: the OUT of `norma segment` or the OUT_DIR of `norma bids`.

    Raises FileNotFoundError if the folder has no table of cases.
    """
    folder = Path(folder)
    single = folder / "cases.tsv"
    files = [single] if single.exists() else sorted(folder.glob("sub-*/**/*_desc-norma_cases.tsv"))
    if not files:
        raise FileNotFoundError(
            f"no results in {folder}: it has neither cases.tsv (norma segment) "
            "nor sub-*/**/*_desc-norma_cases.tsv (norma bids); give the output folder of the command"
        )
    return Results(folder, pandas.concat([_table(file) for file in files]).set_index("case_id"))


@dataclass(frozen=True)
class Case:
    """One scan and its results. Images are on the grid of the scan; what was not made raises FileNotFoundError."""

    case_id: str
    row: dict[Hashable, Any]
    """Row of the case in `Results.cases`, NaN for what is not there."""
    folder: Path
    """Folder of the results that paths in `row` are relative to."""

    @property
    def succeeded(self) -> bool:
        """Whether the case has results; `row["message"]` says why not."""
        return bool(self.row["status"] == "ok")

    @property
    def scan(self) -> SpatialImage:
        """Scan as it was given to `norma segment`; `norma bids` names it by a BIDS URI in `row["image"]` instead."""
        return _image(self.folder / self._value("image"))

    @property
    def anomaly_map(self) -> SpatialImage:
        """Anomaly scores: 0 = as expected or outside the brain, NaN = brain that was not scored."""
        return _image(self.folder / self._value("anomaly_map"))

    @property
    def mask(self) -> SpatialImage:
        """Mask of all regions, 0 and 1."""
        return _image(self.folder / self._value("mask"))

    @property
    def brain_mask(self) -> SpatialImage:
        """Mask of the brain voxels that were scored, 0 and 1."""
        return _image(self.folder / self._value("brain_mask"))

    @property
    def region_labels(self) -> SpatialImage:
        """Regions numbered by size, 0 elsewhere; the numbers are the index of `regions`."""
        return _image(self._file("_seg-lesions_dseg.nii.gz"))

    @property
    def regions(self) -> DataFrame:
        """One row per region, largest first: volume in mm³, scores, centroid in mm (RAS+), tissue where it is known."""
        table = _table(self._file("_seg-lesions_dseg.tsv"))
        # Without a row pandas does not know that columns are numbers.
        return (table if len(table) else table.astype("float64")).set_index("index")

    @property
    def tissue_labels(self) -> SpatialImage:
        """Most probable tissue of each scored voxel, for bundles that know tissues; named by the index of `tissues`."""
        return _image(self._file("_seg-tissues_dseg.nii.gz"))

    @property
    def tissues(self) -> DataFrame:
        """One row per tissue: name, abbreviation, volume in mL; for bundles that know tissues."""
        return _table(self._file("_seg-tissues_dseg.tsv")).set_index("index")

    def _value(self, column: str) -> str:
        value = self.row[column]
        if isinstance(value, str):
            return value
        raise FileNotFoundError(f"case {self.case_id} has no {column}: {self.row['status']}, {self.row['message']}")

    def _file(self, ending: str) -> Path:
        return self.folder / (self._value("mask").removesuffix(_MASK) + ending)


@dataclass(frozen=True)
class Results(Mapping[str, Case]):
    """Results of a folder: a mapping from the case's id to the case, in the order of the table of cases."""

    folder: Path

    cases: DataFrame
    """One row per case, by `case_id`: status, message, files, number and volume of regions, threshold."""

    @cached_property
    def regions(self) -> DataFrame:
        """One row per region of all cases with results, by `case_id` and `index`."""
        tables = {case_id: case.regions for case_id, case in self.items() if case.succeeded}
        if not tables:
            raise FileNotFoundError(f"no case in {self.folder} has results: see the column message of cases")
        found = {case_id: table for case_id, table in tables.items() if len(table)}
        return pandas.concat(found or tables, names=["case_id"])

    @cached_property
    def settings(self) -> Any:
        """Settings of the last `norma segment` into this folder, as in `segmentation.json`."""
        return json.loads((self.folder / "segmentation.json").read_text())

    def __getitem__(self, case_id: str) -> Case:
        return Case(case_id, self.cases.loc[[case_id]].to_dict("records")[0], self.folder)

    def __iter__(self) -> Iterator[str]:
        return iter(self.cases.index)

    def __len__(self) -> int:
        return len(self.cases)


def _image(path: Path) -> SpatialImage:
    image = nibabel.load(path)
    assert isinstance(image, SpatialImage), f"not an image: {path}"
    return image


def _table(path: Path) -> DataFrame:
    return pandas.read_csv(path, sep="\t", na_values="n/a", keep_default_na=False, dtype={"case_id": "str"})
