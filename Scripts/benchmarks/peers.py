"""What the benchmarks share: Norma's side built in release, the peers' Python, and processes that print a figure."""
import os
import statistics
import subprocess
import sys
import time

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The allocator settings with which PyTorch is fastest.
tuned = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "8589934592", "MALLOC_TOP_PAD_": "268435456"}


def run(command: list[str], **variables: str) -> str:
    return subprocess.run(
        command, cwd=root, env={**os.environ, **variables}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def peers_python() -> str:
    if "PEERS" in os.environ:
        return os.environ["PEERS"]
    folder = os.path.join(root, ".deps/peers")
    python = os.path.join(folder, "bin/python")
    if not os.path.exists(python):
        run([sys.executable, "-m", "venv", folder])
        run([python, "-m", "pip", "install", "-q", "-r", "Benchmarks/peers/requirements.txt"])
    return python


def built(product: str) -> str:
    build = ["swift", "build", "--package-path", "Benchmarks", "--scratch-path", ".build-benchmarks", "-c", "release",
             "-Xswiftc", "-enable-testing"]
    run([*build, "--product", product, "--quiet"])
    return os.path.join(run([*build, "--show-bin-path"]), product)


def ended(command: list, **variables: str) -> dict:
    """One whole process: wall and CPU seconds, and peak memory in GB."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, env={**os.environ, **variables})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return {"wall": time.monotonic() - start, "CPU": usage.ru_utime + usage.ru_stime, "GB": usage.ru_maxrss / 2**20}


def shown(values: list[float], digits: int = 1) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
