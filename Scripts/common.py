"""What the Python scripts share: the command norma, options, and what processes cost. Their folders link to it."""
import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

root = Path(__file__).resolve().parents[1]
# The command: the one that NORMA names, or that of the last release build.
norma = os.path.abspath(os.environ.get("NORMA") or root / ".build/release/norma")


def options(description: str, *paths: str) -> argparse.ArgumentParser:
    """A parser for a script whose first arguments are `paths`, which become absolute."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=description, formatter_class=formatter)
    for path in paths:
        parser.add_argument(path, type=lambda text: Path(text).resolve())
    return parser


def workplace(folder: Path) -> Path:
    """Makes the folder; the runs of this script are kept in a store there."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["NORMA_RUNS"] = str(folder / "runs.sqlite")
    return folder


def fail(message: str) -> NoReturn:
    """Ends the script with its name and the message."""
    script = Path(sys.argv[0]).resolve()
    sys.exit(f"{script.parent.name}/{script.name}: {message}")


def run(*words) -> None:
    """Runs norma, which must succeed."""
    subprocess.run([norma, *map(str, words), "--quiet"], check=True, stdout=subprocess.DEVNULL)


def trained(folder: Path, *words) -> Path:
    """The bundle of `norma train` with these words; a finished run in the folder is kept, an interrupted one resumed."""
    bundle = folder / "bundle"
    if not (bundle / "bundle.json").exists():
        run("train", *(["--resume"] if (folder / "config.json").exists() else words), "-o", folder)
    return bundle


def settings(*keys: str) -> list[str]:
    return [word for key in keys for word in ("--set", key)]


def waited(process: subprocess.Popen) -> dict[str, float]:
    """Waits for a process and sets its return code. Returns its CPU seconds and its peak memory in GB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"CPU": usage.ru_utime + usage.ru_stime, "GB": usage.ru_maxrss / 2**20}


def ended(*commands: list, **variables: str) -> dict[str, float]:
    """Whole processes side by side: wall seconds, CPU seconds of all, and the largest peak memory in GB."""
    start, environment = time.monotonic(), {**os.environ, **variables}
    processes = [
        subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, env=environment)
        for command in commands
    ]
    costs = [waited(process) for process in processes]
    for process in processes:
        if process.returncode:
            fail(f"{process.args[0]} ended with {process.returncode}")
    return {
        "wall": time.monotonic() - start, "CPU": sum(cost["CPU"] for cost in costs),
        "GB": max(cost["GB"] for cost in costs),
    }


def resident(process: int) -> float:
    """The resident memory of a process in MB; 0 where it has just ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
    except OSError:
        return 0


def slope(values: list[float]) -> tuple[float, float]:
    """The slope of the least-squares line through equidistant values, per value, and its standard error."""
    places = [index - (len(values) - 1) / 2 for index in range(len(values))]
    mean, squares = statistics.fmean(values), sum(place**2 for place in places)
    fit = sum(place * (value - mean) for place, value in zip(places, values)) / squares
    rest = sum((value - mean - fit * place) ** 2 for place, value in zip(places, values))
    return fit, (rest / max(1, len(values) - 2) / squares) ** 0.5


def shown(values: list[float], digits: int = 1) -> str:
    """Median and range."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
