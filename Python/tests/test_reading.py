"""Reading results that nibabel and pandas wrote in the layout of Documentation/reference/files.md."""

import subprocess
import sys
from pathlib import Path

import nibabel
import norma
import numpy
import pandas
import pytest

AFFINE = numpy.diag([-1.0, 2.0, 3.0, 1.0])
LABELS = numpy.zeros((4, 5, 6), numpy.int32)
LABELS[1, 1:3, 1] = 1
LABELS[3, 4, 5] = 2


def write_case(folder: Path, stem: str, regions: int = 2) -> dict[str, object]:
    """Writes the files of a case and returns its row."""
    images = {
        "desc-anomaly_FLAIR": LABELS * 2.5, "desc-brain_mask": LABELS * 0 + 1,
        "label-lesion_mask": LABELS > 0, "seg-lesions_dseg": LABELS,
    }
    (folder / stem).parent.mkdir(parents=True, exist_ok=True)
    for name, values in images.items():
        kind = numpy.float32 if "anomaly" in name else numpy.int32
        nibabel.Nifti1Image(values.astype(kind), AFFINE).to_filename(folder / f"{stem}_{name}.nii.gz")
    columns = {"index": [1, 2], "volume_mm3": [12.0, 6.0], "first_k": [1, 5], "p_value": [0.01, None], "tissue": ["n/a", "NA"]}
    pandas.DataFrame(columns)[:regions].to_csv(folder / f"{stem}_seg-lesions_dseg.tsv", sep="\t", index=False, na_rep="n/a")
    return {
        "case_id": Path(stem).name, "status": "ok", "message": None, "image": f"../{stem}_FLAIR.nii.gz",
        "anomaly_map": f"{stem}_desc-anomaly_FLAIR.nii.gz", "mask": f"{stem}_label-lesion_mask.nii.gz",
        "brain_mask": f"{stem}_desc-brain_mask.nii.gz", "lesion_count": regions,
    }


def write_table(file: Path, rows: list[dict[str, object]]) -> None:
    pandas.DataFrame(rows).to_csv(file, sep="\t", index=False, na_rep="n/a")


@pytest.fixture
def results(tmp_path: Path) -> norma.Results:
    failed = {"case_id": "007", "status": "failed", "message": "the file is empty"}
    write_table(tmp_path / "cases.tsv", [write_case(tmp_path, "sub-01/anat/sub-01"), failed])
    return norma.read(tmp_path)


def test_cases_keep_order_and_text(results: norma.Results) -> None:
    assert list(results) == ["sub-01", "007"] and len(results) == 2
    assert results["sub-01"].succeeded and not results["007"].succeeded
    with pytest.raises(KeyError):
        results["7"]


def test_images_are_on_the_grid_of_the_scan(results: norma.Results) -> None:
    case = results["sub-01"]
    for image in case.anomaly_map, case.mask, case.brain_mask, case.region_labels:
        assert numpy.array_equal(image.affine, AFFINE) and image.shape == LABELS.shape
    assert numpy.array_equal(case.mask.get_fdata(), LABELS > 0)
    assert case.anomaly_map.get_fdata().max() == 5


def test_regions_are_indexed_by_their_labels(results: norma.Results) -> None:
    case = results["sub-01"]
    voxels = numpy.bincount(LABELS.ravel())[1:]
    assert (case.regions["volume_mm3"] == voxels * 6).all() and list(case.regions.index) == [1, 2]
    assert results.regions.loc[("sub-01", 2), "volume_mm3"] == 6
    # Only n/a is a missing value.
    assert pandas.isna(case.regions.loc[2, "p_value"]) and case.regions.loc[2, "tissue"] == "NA"


def test_cases_without_a_region_keep_the_types(tmp_path: Path) -> None:
    write_table(tmp_path / "cases.tsv", [write_case(tmp_path, "a", regions=0), write_case(tmp_path, "b")])
    results = norma.read(tmp_path)
    assert len(results["a"].regions) == 0 and results["a"].regions["volume_mm3"].sum() == 0
    assert results.regions["first_k"].to_dict() == {("b", 1): 1, ("b", 2): 5}
    assert results.regions["first_k"].dtype == "int64"
    assert len(results["a"].regions.nlargest(5, "volume_mm3")) == 0


def test_what_is_not_there_is_named(results: norma.Results, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="007 has no mask: failed, the file is empty"):
        results["007"].mask
    with pytest.raises(FileNotFoundError, match="seg-tissues_dseg.tsv"):
        results["sub-01"].tissues
    with pytest.raises(FileNotFoundError, match="no results in .*sub-01"):
        norma.read(tmp_path / "sub-01")


def test_bids_derivatives_have_a_table_per_scan(tmp_path: Path) -> None:
    for name in "sub-02", "sub-01_ses-a":
        folder = name.replace("_", "/")
        row = write_case(tmp_path, f"{folder}/anat/{name}")
        write_table(tmp_path / f"{folder}/anat/{name}_desc-norma_cases.tsv", [row])
    results = norma.read(tmp_path)
    assert list(results) == ["sub-01_ses-a", "sub-02"]
    assert results["sub-02"].mask.shape == LABELS.shape


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def test_the_command_starts_without_pandas() -> None:
    assert run("import sys, norma.__main__; sys.exit('pandas' in sys.modules or 'nibabel' in sys.modules)").returncode == 0


def test_the_missing_package_is_named() -> None:
    error = run("import sys; sys.modules['pandas'] = None; import norma; norma.read('.')").stderr
    assert error.endswith("ImportError: pandas is not installed: pip install 'norma[python]'\n")
