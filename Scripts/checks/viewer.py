"""Works the viewer in headless Chromium: viewer.py NORMA WORK PICTURES; WORK/results holds a segmented cohort."""

import asyncio
import csv
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

norma, work, pictures = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
results = work / "results"
hostile = '<img src=x onerror="window.broken=1"> \'quoted\' & Ödem 病変'


def table(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path, rows):
    columns = list(rows[0])
    lines = [columns] + [[row[column] for column in columns] for row in rows]
    path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")


def limit_files():
    """Allows fewer open files than check_parallel has requests."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


class Viewer:
    """norma view with a browser on its page."""

    def __init__(self, folder, rater="checker"):
        self.process = subprocess.Popen(
            [norma, "view", str(folder), "--no-browser", "--rater", rater, "--quiet"],
            stdout=subprocess.PIPE, text=True, preexec_fn=limit_files)
        self.address = self.process.stdout.readline().strip()
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
                         "--hide-scrollbars"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        self.scheme("light")
        self.browser.get(self.address)
        self.wait(lambda: self.text("volume") not in ("", "–"))

    def __enter__(self):
        return self

    def memory(self):
        """The most that norma view has held until now, MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024

    def __exit__(self, *_):
        self.browser.quit()
        self.process.send_signal(signal.SIGINT)
        if self.process.poll() is None and self.process.wait(10) != 0:
            sys.exit("viewer: Ctrl-C did not end it with 0")

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.browser.save_screenshot(str(pictures / "failed.png"))
                raise AssertionError(f"not within {seconds} s; {self.text('message')}; {self.browser.get_log('browser')}")
            time.sleep(0.05)

    def element(self, name):
        return self.browser.find_element(By.ID, name)

    def text(self, name):
        return self.element(name).text

    def keys(self, keys):
        self.browser.find_element(By.TAG_NAME, "body").send_keys(keys)

    def open(self, name):
        """Clicks on a case and waits until it is shown."""
        def click():
            rows = self.browser.find_elements(By.CSS_SELECTOR, "#cases button")
            try:
                next(row for row in rows if row.find_element(By.CLASS_NAME, "id").text == name).click()
                return True
            except ElementClickInterceptedException:  # Not painted yet.
                return False

        self.wait(click)
        self.wait(lambda: self.text("name") == name and self.text("volume") not in ("", "–"))

    def scheme(self, name):
        self.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def picture(self, name):
        time.sleep(0.5)
        self.browser.save_screenshot(str(pictures / f"{name}.png"))

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)


def check_cases(viewer):
    names = [row.text for row in viewer.browser.find_elements(By.CSS_SELECTOR, "#cases .id")]
    rows = table(results / "cases.tsv")
    done = sorted((row for row in rows if row["lesion_volume_ml"] != "n/a"), key=lambda row: -float(row["lesion_volume_ml"]))
    assert names[: len(done)] == [row["case_id"] for row in done], names
    assert hostile in names and viewer.run("return window.broken") is None
    viewer.keys("n")
    viewer.wait(lambda: viewer.text("name") == names[1])
    viewer.keys("p")
    viewer.wait(lambda: viewer.text("name") == names[0] and viewer.text("volume") not in ("", "–"))
    viewer.element("search").send_keys(names[1][-2:])
    viewer.wait(lambda: len(viewer.browser.find_elements(By.CSS_SELECTOR, "#cases .id")) < len(names))
    viewer.element("search").clear()
    viewer.element("search").send_keys(" ", Keys.ESCAPE)


def check_regions(viewer, case):
    """What the page finds above the written threshold is what norma segment wrote."""
    viewer.open(case)
    index = [row["case_id"] for row in table(results / "cases.tsv")].index(case)
    found = viewer.browser.execute_async_script(
        """const [index, done] = arguments;
        (async () => {
          const [{ files, cohort }, { regionsAbove }] = [await import("/api.js"), await import("/regions.js")];
          const [{ map, mask }, all] = [await files(index), await cohort()];
          const found = regionsAbove(map, all.cases[index].threshold, all.minimumLesionSize, all.cases[index].peak);
          return { lesions: found.lesions, isMask: found.mask.every((voxel, place) => voxel === mask.voxels[place]) };
        })().then(done, (error) => done(String(error)));""", index)
    written = table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")
    assert found["isMask"] and len(found["lesions"]) == len(written) > 0, (len(found["lesions"]), len(written))
    for lesion, row in zip(found["lesions"], written):
        numbers = [lesion["volume"], lesion["maximum"], lesion["mean"], *lesion["centroid"]]
        columns = ["volume_mm3", "max_score", "mean_score", "centroid_x_mm", "centroid_y_mm", "centroid_z_mm"]
        assert all(abs(number - float(row[column])) < 0.01 for number, column in zip(numbers, columns)), (lesion, row)


def check_left(viewer, case):
    """The hottest lesion is on the side of the screen where radiologists look for it."""
    viewer.open(case)
    lesions = table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")
    lesion = next(row for row in lesions if abs(float(row["centroid_x_mm"])) > 15)
    viewer.browser.find_elements(By.CSS_SELECTOR, "#lesions tr")[int(lesion["index"]) - 1].click()
    time.sleep(0.5)
    side = "L" if float(lesion["centroid_x_mm"]) < 0 else "R"
    assert viewer.text("place").startswith(side), viewer.text("place")
    # The crosshair and the colours of the map on a screenshot: a WebGL canvas cannot be read afterwards.
    column, coloured = viewer.browser.execute_async_script(
        """const [screenshot, done] = arguments;
        const image = new Image();
        image.onload = () => {
          const copy = document.createElement("canvas"), context = copy.getContext("2d");
          const { left, top, width, height } = document.getElementById("canvas").getBoundingClientRect();
          const axial = Math.round(0.61 * width);
          [copy.width, copy.height] = [axial, height];
          context.drawImage(image, -left, -top);
          const { data } = context.getImageData(0, 0, axial, height);
          const lines = { x: new Array(axial).fill(0), y: new Array(Math.ceil(height)).fill(0) }, warm = [];
          for (let place = 0; place < data.length; place += 4) {
            const [red, green, blue] = data.subarray(place, place + 3);
            const [x, y] = [(place / 4) % axial, Math.floor(place / 4 / axial)];
            if (blue - red > 25 && Math.abs(green - 153) < 12) { lines.x[x] += 1; lines.y[y] += 1; }
            if (red - blue > 60) warm.push([x, y]);
          }
          const [x, y] = [lines.x, lines.y].map((line) => line.indexOf(Math.max(...line)));
          done([x / axial, warm.filter((place) => Math.hypot(place[0] - x, place[1] - y) < 15).length]);
        };
        image.src = "data:image/png;base64," + screenshot;""", viewer.browser.get_screenshot_as_base64())
    assert (column > 0.5) == (side == "L") and coloured > 0, (column, side, coloured)


def check_threshold(viewer, case):
    viewer.open(case)
    volume, rate = viewer.text("volume"), viewer.text("rate")
    viewer.keys("[[[")
    viewer.wait(lambda: viewer.text("volume") != volume)
    assert float(viewer.text("volume").split()[0]) > float(volume.split()[0])
    assert viewer.text("rate") != rate and "at this threshold" in viewer.text("lesion-source")
    viewer.element("keep-case").click()
    kept = results / "review/rater-checker_thresholds.tsv"
    viewer.wait(kept.exists)
    assert [row["case_id"] for row in table(kept)] == [case]
    viewer.element("reset").click()
    viewer.wait(lambda: viewer.text("volume") == volume and viewer.text("rate") == rate)
    viewer.element("keep-case").click()
    viewer.wait(lambda: not kept.exists())


def check_review(viewer, case):
    viewer.open(case)
    viewer.keys("r")
    viewer.wait(lambda: "Saved" in viewer.text("saved"))
    viewer.keys("e")
    note = 'beyond the <b>"edge"</b>, motion; ängström'
    viewer.element("note").send_keys(note, Keys.ESCAPE)
    saved = results / "review/rater-checker_review.tsv"
    viewer.wait(lambda: saved.exists() and [row["note"] for row in table(saved)] == [note])
    first = viewer.browser.current_window_handle
    viewer.browser.switch_to.new_window("tab")
    viewer.browser.get(viewer.address)
    viewer.wait(lambda: viewer.text("volume") not in ("", "–"))
    viewer.open(hostile)
    viewer.keys("f")
    viewer.wait(lambda: len(table(saved)) == 2)
    viewer.browser.close()
    viewer.browser.switch_to.window(first)
    viewer.browser.refresh()
    viewer.wait(lambda: viewer.text("name") == case and viewer.text("volume") not in ("", "–"))
    button = viewer.browser.find_element(By.CSS_SELECTOR, "#decisions [data-decision=rejected]")
    assert button.get_attribute("aria-pressed") == "true"
    assert viewer.element("note").get_attribute("value") == note
    decisions = {row["case_id"]: row["decision"] for row in table(saved)}
    assert decisions == {case: "rejected", hostile: "flagged"}, decisions


def check_parallel(viewer):
    """A thousand requests at once are all answered, in memory that does not grow with them."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    host, token = viewer.address.removeprefix("http://").split("/?token=")
    name, port = host.split(":")
    paths = ["/api/cohort", "/viewer.js", "/api/review", "/api/cases/0/mask"]

    async def ask(path):
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: norma-{port}={token}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer[9:12]

    async def ask_all():
        return await asyncio.gather(*(ask(paths[number % len(paths)]) for number in range(1000)))

    before, start = viewer.memory(), time.monotonic()
    assert set(asyncio.run(ask_all())) == {b"200"}
    took, after = time.monotonic() - start, viewer.memory()
    print(f"viewer: 1000 requests at once in {took:.1f} s, {before} MB at most before them, {after} MB after")
    assert after - before < 100, after - before


def check_offline(viewer):
    places = viewer.run("return performance.getEntriesByType('resource').map(({ name }) => name)")
    host = viewer.address.split("?")[0]
    assert places and all(place.startswith((host, "data:", "blob:")) for place in places), places


def check_deleted(viewer, case):
    index = [row["case_id"] for row in table(results / "cases.tsv")].index(case)
    (results / table(results / "cases.tsv")[index]["anomaly_map"]).unlink()
    viewer.browser.refresh()
    viewer.wait(lambda: viewer.text("cases") != "")
    names = viewer.browser.find_elements(By.CSS_SELECTOR, "#cases .failed .id")
    assert case in [name.text for name in names], [name.text for name in names]
    next(name for name in names if name.text == case).click()
    viewer.wait(lambda: "gone" in viewer.text("message"))


def check_thousand(rows):
    """The list of a large cohort appears and moves at once."""
    folder = work / "thousand"
    shutil.copytree(results, folder, ignore=shutil.ignore_patterns("review"))
    write(folder / "cases.tsv", [{**rows[0], "case_id": f"case-{number:04}"} for number in range(1000)])
    start = time.monotonic()
    with Viewer(folder) as viewer:
        opened = time.monotonic() - start
        assert viewer.text("shown").startswith("1000 of 1000"), viewer.text("shown")
        start = time.monotonic()
        for number in range(1, 6):
            viewer.keys("n")
            viewer.wait(lambda: viewer.text("name") == f"case-{number:04}" and viewer.text("volume") not in ("", "–"))
        print(f"viewer: 1000 cases open in {opened:.1f} s, each next one in {(time.monotonic() - start) / 5:.2f} s")


def main():
    pictures.mkdir(parents=True, exist_ok=True)
    rows = table(results / "cases.tsv")
    write(results / "cases.tsv", rows + [
        {**rows[0], "case_id": hostile, "lesion_volume_ml": "0.0100"},
        {**rows[0], "case_id": "without-results", "status": "failed", "message": "<b>too dark</b>", "anomaly_map": "n/a",
         "mask": "n/a", "lesion_volume_ml": "n/a", "lesion_count": "n/a"},
    ])
    cases = [row["case_id"] for row in rows]
    with Viewer(results) as viewer:
        check_cases(viewer)
        for case in cases:
            check_regions(viewer, case)
            check_left(viewer, case)
        check_threshold(viewer, cases[0])
        check_review(viewer, cases[1])
        check_offline(viewer)
        check_parallel(viewer)
        log = [entry for entry in viewer.browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert not log, log
        check_thousand(rows)
    write(results / "cases.tsv", rows)
    with Viewer(results) as viewer:
        viewer.open(cases[0])
        viewer.element("reset").click()
        for scheme in ["light", "dark"]:
            viewer.scheme(scheme)
            viewer.picture(scheme)
        check_deleted(viewer, cases[-1])
    print(f"viewer: works; screenshots in {pictures}")


main()
