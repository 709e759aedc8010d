"""The part of checks/cases that runs the scripts and compares. Arguments: the folder of scripts, a folder to work in, names."""
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from common import fail, options, run, workplace
from expected import Comparison, Outcome, rows, start, unprivileged


def segment(scans: Path, out: Path, *more, **how) -> Outcome:
    return start("segment", "-i", scans, "-o", out, *more, **how)


def statuses(out: Path) -> str:
    return " ".join(sorted(row["status"] for row in rows(out))) or "no table"


def volume(out: Path, case: str) -> float:
    """The volume of the regions in mL; -1 for a case without results."""
    found = [row["lesion_volume_ml"] for row in rows(out) if row["case_id"] == case]
    return float(found[0]) if found and found[0] != "n/a" else -1


def alike(first: float, second: float, tolerance: float) -> bool:
    return first >= 0 and second >= 0 and abs(first - second) <= tolerance * max(first, second, 1)


# Each check gets the folder that its script filled, and returns what was seen.


def bids_filter_list_with_null(place: Path) -> str:
    done = start(
        "bids", place / "data", place / "results", "participant", "--bids-filter-file", place / "filter.json", "--dry-run")
    return " ".join(line.split("\t")[0] for line in done.output.splitlines())


def bids_hidden_and_ignored(place: Path) -> str:
    runs = [start("bids", place / name, place / f"{name}_out", "participant", "--dry-run") for name in ("hidden", "ignored")]
    return " ".join(str(len(done.output.splitlines())) for done in runs)


def brain_mask_rounded_header(place: Path) -> str:
    segment(place / "head.nii.gz", place / "out", "--brain-mask", place / "rounded4.nii.gz")
    return statuses(place / "out")


def brain_mask_soft(place: Path) -> str:
    codes = {
        name: segment(place / "head.nii.gz", place / name, "--brain-mask", place / f"{name}.nii.gz").code
        for name in ("hard", "soft", "faint")
    }
    hard = volume(place / "hard", "head")
    same = [codes[name] != 0 or alike(hard, volume(place / name, "head"), 0.02) for name in ("soft", "faint")]
    return "as hard or refused" if codes["hard"] == 0 and all(same) else f"{codes}, other volumes"


def failed_rerun_keeps_old_mask(place: Path) -> str:
    segment(place / "p1.nii.gz", place / "results")
    (place / "p1.nii.gz").write_bytes((place / "half.bin").read_bytes())
    segment(place / "p1.nii.gz", place / "results")
    left = sorted(file.name for file in (place / "results/p1").glob("*"))
    return " ".join([statuses(place / "results"), *left])


def folder_mixed_names(place: Path) -> str:
    segment(place / "scans", place / "results")
    return statuses(place / "results")


def folder_named_like_bundle(place: Path) -> str:
    return " ".join(
        str(start("segment", "-i", "p1.nii.gz", "-o", out, cwd=place).code) for out in ("flair-strict", "other"))


def evaluated(place: Path, name: str) -> tuple[int, str]:
    """The exit code and the AUPRC of the cohort's maps with the masks of a manifest."""
    maps = place.parent / "cohort-maps"
    if not maps.exists():
        segment(place.parent / "cohort/manifest.tsv", maps)
    done = start(
        "evaluate", "--predictions", maps, "--data", place / f"{name}.tsv", "-o", place / f"{name}-figures", "--samples", "5")
    figures = rows(place / f"{name}-figures")
    columns = [column for column in (figures[0] if figures else []) if "auprc" in column.lower()]
    return done.code, " ".join(row[columns[0]] for row in figures) if columns else ""


def lesion_mask_reordered(place: Path) -> str:
    found = {evaluated(place, name) for name in ("same", "x", "z")}
    return "one AUPRC" if len(found) == 1 and found.pop()[0] == 0 else f"{len(found)} AUPRCs"


def lesion_mask_values(place: Path) -> str:
    codes = [evaluated(place, name)[0] for name in ("two", "minus", "soft")]
    return " ".join("evaluated" if code == 0 else "refused" for code in codes)


def loop_into_one_folder(place: Path) -> str:
    for scan in sorted((place / "scans").glob("*.nii.gz")):
        segment(scan, place / "results")
    return statuses(place / "results")


def mr_with_undershoot(place: Path) -> str:
    segment(place / "p1.nii.gz", place / "results")
    return statuses(place / "results")


def outputs_inside_inputs(place: Path) -> str:
    seen = []
    for _ in range(2):
        segment(place, place / "results")
        seen.append(statuses(place / "results"))
    start("preprocess", "-i", place, "-o", place.parent / "prepared-inside")
    done = segment(place.parent / "prepared-inside", place.parent / "of-prepared")
    return " ".join(seen + ["refused" if done.code else statuses(place.parent / "of-prepared")])


def overlong_name(place: Path) -> str:
    done = segment(place / "scans", place / "results")
    page = "page" if (place / "results/report.html").exists() else "no page"
    return f"{done.code} {statuses(place / 'results')} {page}"


def single_slices(place: Path) -> str:
    for name in ("axial.nii.gz", "coronal.nii.gz", "grey.png"):
        segment(place / name, place / name.split(".")[0])
    sidecar = place / "axial/axial/axial_label-lesion_mask.json"
    bundle = "flair-aged" if sidecar.exists() and '"flair-aged"' in sidecar.read_text() else "another bundle"
    coronal = " ".join(row["message"] for row in rows(place / "coronal"))
    refusal = "refused as coronal" if "coronal" in coronal or "not axial" in coronal else coronal
    return f"{bundle}; {refusal}; {statuses(place / 'grey')}"


def slurm_array_own_folders(place: Path) -> str:
    task = {"ID": "3", "MIN": "1", "MAX": "20", "COUNT": "20"}
    done = segment(
        place / "site3", place / "out3", "-q", **{f"SLURM_ARRAY_TASK_{name}": value for name, value in task.items()})
    return "error" if done.code else statuses(place / "out3")


def small_head_zero_air(place: Path) -> str:
    segment(place / "child_zero_air.nii.gz", place / "results")
    message = " ".join(row["message"] for row in rows(place / "results"))
    return "taken as stripped" if "skull-stripped" in message else "not taken as stripped"


def stderr_cannot_be_written(place: Path) -> str:
    seen = []
    for number, stream in enumerate(["2>/dev/full", "2>&-", "2> >(exec true)"]):
        done = segment(place / "scans", place / f"out{number}", launcher=("bash", "-c", f'exec "$0" "$@" {stream}'))
        seen.append(f"{done.code} {statuses(place / f'out{number}')}")
    return seen[0] if len(set(seen)) == 1 else ", ".join(seen)


def stripped_tight_crop(place: Path) -> str:
    segment(place, place / "results")
    volumes = [volume(place / "results", case) for case in ("whole", "crop")]
    registered = [any((place / "results" / case).glob("*_xfm.txt")) for case in ("whole", "crop")]
    if all(registered) and alike(*volumes, 0.1):
        return "both registered, same volume"
    return f"registered {registered}, volumes {volumes}"


def unreadable_subfolder(place: Path) -> str:
    for folder in (place, place.parent):
        folder.chmod(0o777)
    (place / "scans/shut").chmod(0o700 if unprivileged else 0)
    done = segment(place / "scans", place / "results", launcher=unprivileged)
    (place / "scans/shut").chmod(0o700)
    named = "named" if str(place / "scans/shut") in done.log else "not named"
    return f"{'error' if done.code else 'no error'}, {named}"


def zscored_with_bias(place: Path) -> str:
    segment(place, place / "results")
    volumes = [volume(place / "results", case) for case in ("shaded", "zscored")]
    notes = " ".join(row["message"] for row in rows(place / "results") if row["case_id"] == "zscored")
    told = any(word in notes for word in ("bias", "zero", "negative"))
    return "alike, or with a note" if alike(*volumes, 0.5) or told else f"volumes {volumes}"


@dataclass
class Case:
    check: Callable[[Path], str]
    expected: str
    # What the script needs besides its folder: "cohort" of patients, or a "brain" from a call of norma simulate.
    needs: str = ""
    simulation: tuple = ()


cases = [
    Case(bids_filter_list_with_null, "sub-01 sub-02_part-mag"),
    Case(bids_hidden_and_ignored, "2 2"),
    Case(brain_mask_rounded_header, "ok"),
    Case(brain_mask_soft, "as hard or refused"),
    Case(failed_rerun_keeps_old_mask, "failed"),
    Case(folder_mixed_names, "ok ok ok ok"),
    Case(folder_named_like_bundle, "0 0"),
    Case(lesion_mask_reordered, "one AUPRC", "cohort"),
    Case(lesion_mask_values, "refused refused evaluated", "cohort"),
    Case(loop_into_one_folder, "ok ok ok"),
    Case(mr_with_undershoot, "ok"),
    Case(outputs_inside_inputs, "ok ok refused"),
    Case(overlong_name, "1 failed ok ok page"),
    Case(single_slices, "flair-aged; refused as coronal; ok"),
    Case(slurm_array_own_folders, "error"),
    Case(small_head_zero_air, "not taken as stripped", "brain", ("--cases", "1", "--voxel-size", "1", "1", "3")),
    Case(stderr_cannot_be_written, "0 ok ok ok"),
    Case(stripped_tight_crop, "both registered, same volume", "brain", ("--cases", "1", "--voxel-size", "1", "1", "3")),
    Case(unreadable_subfolder, "error, named"),
    Case(zscored_with_bias, "alike, or with a note", "brain", ("--cases", "5", "--levels", "8", "32")),
]


def inputs(case: Case, work: Path) -> list[Path]:
    """The simulated inputs of a script, made once."""
    if not case.needs:
        return []
    simulation = case.simulation or ("--cases", "3", "--voxel-size", "3", "3", "4", "--levels", "8", "28")
    place = work / ("cohort" if case.needs == "cohort" else "brain-" + "-".join(case.simulation).replace("--", ""))
    if not place.exists():
        run("simulate", "-o", place, "--patients-only", *simulation)
    return [place] if case.needs == "cohort" else [place / "sub-001/anat/sub-001_FLAIR.nii.gz"]


def main() -> None:
    parser = options(__doc__, "scripts", "work")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    work = workplace(arguments.work)
    unknown = {file.stem for file in arguments.scripts.glob("*.py")} - {case.check.__name__ for case in cases}
    if unknown:
        fail(f"nothing is expected of {', '.join(sorted(unknown))}")
    comparison = Comparison("script")
    for case in cases:
        name = case.check.__name__
        if arguments.names and name not in arguments.names:
            continue
        place = work / name
        subprocess.run(
            [sys.executable, arguments.scripts / f"{name}.py", *inputs(case, work), place], check=True,
            stdout=subprocess.DEVNULL)
        comparison.add(name, case.expected, case.check(place))
    comparison.end()


main()
