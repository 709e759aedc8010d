"""What the benchmarks share: Norma's side built in release, the peers' Python, and processes that print a figure."""
import os
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
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
