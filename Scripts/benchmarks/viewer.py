"""The cost of opening the viewer on many cases: viewer.py WORK [--cases N...] [--rounds N]

Makes results of small scans in WORK, unless they are there, opens them, loads the page again in each round, and then goes through
50 cases. Prints Markdown: seconds until norma view answers, until the page paints, lists the cases and shows the first one, the
processor's seconds of norma view for start and load, which other work on the machine changes least, and memory.
"""
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

from common import norma, options, resident, shown

from browser import chromium

SHAPE = (24, 24, 12)
# Records when the page lists cases and when it shows one, in seconds since it was asked for.
WATCH = """
window.seen = {};
const look = () => {
  if (!seen.listed && document.querySelector("#cases button .figure")) seen.listed = performance.now() / 1000;
  const volume = document.getElementById("volume")?.textContent;
  if (!seen.opened && volume && volume !== "–") seen.opened = performance.now() / 1000;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);"""


def write_volume(path: Path, inside: float, outside: float) -> None:
    """A NIfTI-1 image with a block of one value in another, 4 mm voxels."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *SHAPE, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 16, 32)
    struct.pack_into("<8f", header, 76, 1, 4, 4, 4, 1, 1, 1, 1)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    struct.pack_into("<2h", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, 4, 0, 0, -46, 0, 4, 0, -46, 0, 0, 4, -22)
    header[344:348] = b"n+1\0"
    columns, rows, slices = SHAPE
    voxels = [inside if 8 <= i < 12 and 8 <= j < 12 and 4 <= k < 8 else outside
              for k in range(slices) for j in range(rows) for i in range(columns)]
    path.write_bytes(bytes(header) + struct.pack(f"<{len(voxels)}f", *voxels))


def make(folder: Path, count: int) -> None:
    """Results of `count` cases as norma segment leaves them: tables and sidecars of their own, links to the same images."""
    folder.mkdir(parents=True)
    for name, inside, outside in [("scan", 900, 300), ("map", 3, 0.5), ("mask", 1, 0), ("brain", 1, 1)]:
        write_volume(folder / f"{name}.nii", inside, outside)
    columns = ["case_id", "status", "message", "image", "anomaly_map", "mask", "lesion_volume_ml", "lesion_count", "seconds",
               "brain_mask", "participant_id", "threshold", "peak_threshold", "scored_fraction", "bundle"]
    lines = ["\t".join(columns)]
    for number in range(count):
        case = f"sub-{number:05}"
        anat = folder / case / "anat"
        anat.mkdir(parents=True)
        files = {}
        for name, end in [("map", "desc-anomaly_FLAIR"), ("mask", "label-lesion_mask"), ("brain", "desc-brain_mask")]:
            files[name] = f"{case}/anat/{case}_{end}.nii"
            (folder / files[name]).hardlink_to(folder / f"{name}.nii")
        (anat / f"{case}_label-lesion_mask.json").write_text('{"Threshold": 1.5, "PeakThreshold": 2.5, "Notes": []}')
        regions = "".join(f"{index}\tregion {index}\t{4096 / index}\t{3 - number % 100 / 100}\t2\n" for index in range(1, 9))
        (anat / f"{case}_seg-lesions_dseg.tsv").write_text("index\tname\tvolume_mm3\tmax_score\tmean_score\n" + regions)
        volume = 4.096 + number * 7919 % 1000 / 100
        lines.append("\t".join(map(str, [case, "ok", "n/a", "scan.nii", files["map"], files["mask"], volume, 8, 1, files["brain"],
                                         case, 1.5, 2.5, 1, "made-up"])))
    (folder / "cases.tsv").write_text("\n".join(lines) + "\n")


def measure(folder: Path, rounds: int) -> str:
    start = time.monotonic()
    viewer = subprocess.Popen([norma, "view", folder, "--no-browser", "--rater", "reader", "--quiet"], stdout=subprocess.PIPE, text=True)
    browser = chromium()
    browser.set_script_timeout(120)
    try:
        address = viewer.stdout.readline().strip()
        ready = time.monotonic() - start
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        times = {"painted": [], "listed": [], "opened": []}
        memory, loads, started = [], [], processor(viewer.pid)
        for _ in range(rounds):
            before = processor(viewer.pid)
            browser.get(address)
            until(lambda: browser.execute_script("return seen.opened"))
            loads.append(processor(viewer.pid) - before)
            found = browser.execute_script(
                "return {...seen, painted: performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000}")
            for name, values in times.items():
                values.append(found[name])
            memory.append(resident(viewer.pid))
        heap = [megabytes(browser)]
        for _ in range(50):
            name = browser.execute_script("return document.getElementById('name').textContent")
            browser.find_element("id", "next").click()
            until(lambda: browser.execute_script(
                "const text = (id) => document.getElementById(id).textContent; return text('name') !== arguments[0] && text('volume') !== '–'", name))
        memory.append(resident(viewer.pid))
        heap.append(megabytes(browser))
        cells = [shown(values, 2) for values in [*times.values(), loads]]
        cells.insert(3, f"{started:.2f}")
        return (f"{ready:.2f} | {' | '.join(cells)} | {memory[0]:.0f}, {memory[rounds - 1]:.0f}, {memory[-1]:.0f} | "
                f"{heap[0]:.0f}, {heap[1]:.0f}")
    finally:
        browser.quit()
        viewer.send_signal(signal.SIGINT)
        viewer.wait()


def processor(process: int) -> float:
    """Processor seconds of a process until now."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(browser) -> float:
    """What the page's scripts hold after a collection."""
    browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    return browser.execute_script("return performance.memory.usedJSHeapSize") / 2**20


def until(condition) -> None:
    end = time.monotonic() + 120
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the page did not show a case within two minutes")
        time.sleep(0.02)


def main() -> None:
    parser = options(__doc__, "work")
    parser.add_argument("--cases", type=int, nargs="*", default=[100, 10000])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print("| cases | answers after | paints | lists the cases | shows the first | processor: start | load "
          "| viewer, MB: first, last load, 50 cases on | page, MB: before, after 50 cases |\n|---|---|---|---|---|---|---|---|---|")
    for count in arguments.cases:
        folder = arguments.work / f"{count}-cases"
        if not folder.exists():
            make(folder, count)
        print(f"| {count:,} | {measure(folder, arguments.rounds)} |", flush=True)


if __name__ == "__main__":
    main()
