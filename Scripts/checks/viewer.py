"""Works the viewer in headless Chromium: viewer.py NORMA WORK PICTURES; WORK/results holds a segmented cohort."""

import asyncio
import csv
import gzip
import itertools
import json
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time

from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import chromium

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

    def __init__(self, folder, rater="checker", *options):
        self.process = subprocess.Popen(
            [norma, "view", str(folder), "--no-browser", "--rater", rater, "--quiet", *options],
            stdout=subprocess.PIPE, text=True, preexec_fn=limit_files)
        self.address = self.process.stdout.readline().strip()
        self.browser = chromium()
        self.size(1440, 900)
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
                row = next((row for row in rows if row.find_element(By.CLASS_NAME, "id").text == name), None)
                if row is None:  # The list has only the rows in view.
                    self.run("""const list = document.getElementById("cases").parentElement, next = list.scrollTop + list.clientHeight;
                                list.scrollTop = next < list.scrollHeight ? next : 0;""")
                    return False
                row.click()
                return True
            except (ElementClickInterceptedException, StaleElementReferenceException):  # Painted just now.
                return False

        self.wait(click)
        self.wait(lambda: self.text("name") == name and self.text("volume") not in ("", "–"))

    def size(self, width, height):
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def click(self, selector):
        self.browser.find_element(By.CSS_SELECTOR, selector).click()

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
          return { regions: found.regions.map((region) => ({ ...region, members: 0 })), isMask: found.mask.every((voxel, place) => voxel === mask.voxels[place]) };
        })().then(done, (error) => done(String(error)));""", index)
    written = table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")
    assert found["isMask"] and len(found["regions"]) == len(written) > 0, (len(found["regions"]), len(written))
    for region, row in zip(found["regions"], written):
        numbers = [region["volume"], region["maximum"], region["mean"], *region["centroid"]]
        columns = ["volume_mm3", "max_score", "mean_score", "centroid_x_mm", "centroid_y_mm", "centroid_z_mm"]
        assert all(abs(number - float(row[column])) < 0.01 for number, column in zip(numbers, columns)), (region, row)


def check_left(viewer, case):
    """The place of a region names the side that its table does, in both spaces. Returns whether a region is beside the midline."""
    viewer.open(case)
    regions = table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")
    region = next((row for row in regions if abs(float(row["centroid_x_mm"])) > 15), None)
    if not region:
        return False
    viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")[int(region["index"]) - 1].click()
    side = "L" if float(region["centroid_x_mm"]) < 0 else "R"
    viewer.wait(lambda: f"scanner {side}" in viewer.text("place"))
    assert f"template {side}" in viewer.text("place"), viewer.text("place")
    return True


def check_places(viewer, case):
    """The table of regions has places, sides and lobes as norma segment wrote them, and sorts by them."""
    viewer.open(case)
    columns = ("place", "side", "lobe")
    written = [tuple(row[name] for name in columns) for row in table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")]

    def shown():
        rows = viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")
        return [tuple(row.find_element(By.CLASS_NAME, name).text.replace("–", "n/a") for name in columns) for row in rows]

    assert shown() == written and len(set(written)) > 1, (shown(), written)
    for position, name in enumerate(columns):
        viewer.click(f"#region-table [data-order={name}]")
        found = [row[position] for row in shown()]
        assert found == sorted(found, key=lambda text: (text == "n/a", text)), found
    viewer.click("#region-table [data-order=number]")


# What a screenshot shows of each plane: its letters, the centre of what is bright, and that of what is brightest.
planes_script = """
const [screenshot, done] = arguments;
const image = new Image();
image.onload = () => {
  const copy = document.createElement("canvas"), context = copy.getContext("2d", { willReadFrequently: true });
  [copy.width, copy.height] = [image.width, image.height];
  context.drawImage(image, 0, 0);
  done([...document.querySelectorAll(".plane")].map((plane) => {
    const box = plane.getBoundingClientRect(), sums = { bright: [0, 0, 0], brightest: [0, 0, 0] };
    const inner = { left: Math.ceil(box.left) + 26, top: Math.ceil(box.top) + 26, width: Math.floor(box.width) - 52, height: Math.floor(box.height) - 52 };
    const { data } = context.getImageData(inner.left, inner.top, inner.width, inner.height);
    for (let place = 0; place < data.length; place += 4) {
      const value = Math.min(data[place], data[place + 1], data[place + 2]);
      const [x, y] = [inner.left + ((place / 4) % inner.width), inner.top + Math.floor(place / 4 / inner.width)];
      for (const [name, least] of [["bright", 70], ["brightest", 225]]) {
        if (value >= least) { sums[name][0] += x; sums[name][1] += y; sums[name][2] += 1; }
      }
    }
    const centre = ([x, y, count]) => (count ? [x / count, y / count] : null);
    return {
      name: plane.dataset.plane, box: [box.left, box.top, box.width, box.height],
      body: centre(sums.bright), marker: centre(sums.brightest),
      letters: Object.fromEntries([...plane.children].map((span) => {
        const { left, top, width, height } = span.getBoundingClientRect();
        const ink = context.getImageData(left, top, width, height).data.filter((value) => value > 200).length;
        return [span.textContent, { place: [left + width / 2, top + height / 2], ink }];
      })),
    };
  }));
};
image.src = "data:image/png;base64," + screenshot;"""


def volume(path, shape, affine, voxels, letter):
    """Writes NIfTI-1: bytes for the letter B, floats for f."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *shape, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, *((2, 8) if letter == "B" else (16, 32)))
    struct.pack_into("<8f", header, 76, 1, *(max(abs(row[axis]) for row in affine) for axis in range(3)), 1, 1, 1, 1)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    struct.pack_into("<2h", header, 252, 0, 1)
    struct.pack_into("<12f", header, 280, *itertools.chain(*affine))
    header[344:348] = b"n+1\0"
    path.write_bytes(bytes(header) + struct.pack(f"<{len(voxels)}{letter}", *voxels))


SIZE, SPACING = (26, 30, 22), (4, 4, 5)
ORIENTATIONS = {
    "".join("LPI"[axis] if flip else "RAS"[axis] for axis, flip in zip(order, flips)): (order, flips)
    for order in itertools.permutations(range(3)) for flips in itertools.product((False, True), repeat=3)}


def is_inside(place):
    return all(4 <= index < count - 4 for index, count in zip(place, SIZE))


def is_marker(place):
    """Whether a voxel of the head belongs to the marker, in front of, right of and above its middle."""
    return all(0.6 * count < index < 0.75 * count for index, count in zip(place, SIZE))


def write_head(path, orientation, value, letter="f"):
    """Writes an image of the head, whose voxels are values of their place in RAS order, in an orientation."""
    order, flips = ORIENTATIONS[orientation]
    shape, voxels = [SIZE[axis] for axis in order], []
    for k, j, i in itertools.product(*(range(count) for count in reversed(shape))):
        place = [0, 0, 0]
        for axis, flip, index, count in zip(order, flips, (i, j, k), shape):
            place[axis] = count - 1 - index if flip else index
        voxels.append(value(place))
    affine = [[0.0] * 4 for _ in range(3)]
    for column, (axis, flip) in enumerate(zip(order, flips)):
        affine[axis][column] = -SPACING[axis] if flip else SPACING[axis]
        affine[axis][3] = -SPACING[axis] * (SIZE[axis] - 1) / 2 * (-1 if flip else 1)
    volume(path, shape, affine, voxels, letter)


def brightness(place):
    return 1000.0 if is_marker(place) else 300.0 if is_inside(place) else 0.0


def write_results(folder, heads):
    """Writes results of a head for each case, in its orientation; the marker is the only region."""
    folder.mkdir()
    rows = []
    for case, orientation in heads.items():
        names = {name: f"{case}_{name}.nii" for name in ("FLAIR", "map", "mask", "brain")}
        write_head(folder / names["FLAIR"], orientation, brightness)
        write_head(folder / names["map"], orientation, lambda place: 2.0 if is_marker(place) else 0.0)
        write_head(folder / names["mask"], orientation, lambda place: int(is_marker(place)), "B")
        write_head(folder / names["brain"], orientation, lambda place: int(is_inside(place)), "B")
        rows.append({
            "case_id": case, "status": "ok", "message": "n/a", "image": names["FLAIR"], "anomaly_map": names["map"],
            "mask": names["mask"], "brain_mask": names["brain"], "participant_id": case, "threshold": "1",
            "lesion_volume_ml": "1", "lesion_count": "1"})
    write(folder / "cases.tsv", rows)


def planes_of(viewer):
    viewer.run("for (const caption of document.querySelectorAll('.caption')) caption.style.visibility = 'hidden'")
    planes = viewer.browser.execute_async_script(planes_script, viewer.browser.get_screenshot_as_base64())
    viewer.run("for (const caption of document.querySelectorAll('.caption')) caption.style.visibility = ''")
    return planes


def check_letters(planes, case):
    """Each letter is at the edge of its plane on the side where the screenshot shows that part of the head."""
    for plane in planes:
        towards = {"axial": "RA", "coronal": "RS", "sagittal": "AS"}[plane["name"]]
        left, top, width, height = plane["box"]
        assert plane["body"] and plane["marker"], (case, plane)
        offset = [marker - body for marker, body in zip(plane["marker"], plane["body"])]
        for letter, found in plane["letters"].items():
            away = [found["place"][0] - left - width / 2, found["place"][1] - top - height / 2]
            assert found["ink"] > 0 and min(width / 2 - abs(away[0]), height / 2 - abs(away[1])) < 16, (case, letter, found)
            axis = 0 if abs(away[0]) / width > abs(away[1]) / height else 1
            sign = 1 if letter in towards else -1
            assert away[axis] * offset[axis] * sign > 0, (case, plane["name"], letter, away, offset)


def check_orientations():
    folder = work / "oriented"
    assert len(ORIENTATIONS) == 48
    write_results(folder, {orientation: orientation for orientation in ORIENTATIONS})
    with Viewer(folder) as viewer:
        viewer.keys(" ")
        for case in ORIENTATIONS:
            viewer.open(case)
            time.sleep(0.15)
            planes = planes_of(viewer)
            if case in ("RAS", "LPS", "SPL"):
                viewer.picture(f"orientation-{case}")
            assert [plane["name"] for plane in planes] == ["axial", "coronal", "sagittal"]
            check_letters(planes, case)


def click(viewer, place):
    """Clicks on a point of the window."""
    chain = ActionChains(viewer.browser)
    chain.w3c_actions.pointer_action.move_to_location(*map(round, place)).click()
    chain.perform()


def check_beside(folder):
    """An image whose axes are stored in another way is beside the scan in the same place, and a click in it moves both."""
    pairs = {"sub-1": ("RAS", "LPI"), "sub-2": ("LAS", "SPR"), "sub-3": ("PSL", "RAS")}
    write_results(folder, {case: scan for case, (scan, _) in pairs.items()})
    for case, (_, orientation) in pairs.items():
        write_head(folder / f"{case}_T1w.nii", orientation, brightness)
    with Viewer(folder) as viewer:
        viewer.keys(" ")
        for size in [(1400, 900), (1024, 768)]:
            viewer.size(*size)
            for case in pairs:
                viewer.open(case)
                if viewer.element("side-by-side").get_attribute("aria-pressed") == "false":
                    viewer.click("#side-by-side")
                viewer.wait(lambda: viewer.element("beside").is_displayed() and "other 1000" in viewer.text("place"))
                time.sleep(0.5)
                planes = planes_of(viewer)
                assert [plane["name"] for plane in planes] == ["axial", "coronal", "sagittal"] * 2
                check_letters(planes, case)
                viewer.picture(f"beside-{case}-{size[0]}")
        assert viewer.run("return document.documentElement.scrollWidth") <= 1024
        here = viewer.text("place")
        assert "scan 1000" in here
        click(viewer, planes[3]["body"])
        viewer.wait(lambda: "scan 300.0" in viewer.text("place") and "other 300.0" in viewer.text("place"))
        assert planes_of(viewer)[0]["body"] is not None
        click(viewer, planes[0]["marker"])
        viewer.wait(lambda: "scan 1000" in viewer.text("place") and "other 1000" in viewer.text("place"))
        shown = [viewer.element(name).screenshot_as_base64 for name in ("canvas", "beside-canvas")]
        viewer.element("beside-window").send_keys("Window: all")
        time.sleep(0.5)
        now = [viewer.element(name).screenshot_as_base64 for name in ("canvas", "beside-canvas")]
        assert [one == other for one, other in zip(shown, now)] == [True, False]
        viewer.keys("b")
        viewer.wait(lambda: not viewer.element("beside").is_displayed() and len(planes_of(viewer)) == 3)


def check_corrections(folder):
    """Clicks add and erase regions; they are saved, exported, undone, and there after a new start."""
    case, radius, kept = "sub-1", 10, folder / "review/rater-checker_regions.tsv"
    corrected = folder / f"review/rater-checker_masks/{case}_label-lesion_desc-corrected_mask.nii.gz"
    marker = sum(map(is_marker, itertools.product(*map(range, SIZE))))
    reach = [range(-radius // step, radius // step + 1) for step in SPACING]
    ball = sum(sum((step * index) ** 2 for step, index in zip(SPACING, place)) <= radius**2 for place in itertools.product(*reach))

    def wait_for(rejections, additions):
        viewer.wait(lambda: f"{rejections} rejected and {additions} added" in viewer.text("corrected"))
        viewer.wait(lambda: not viewer.element("undo").get_attribute("disabled") or not (rejections or additions))

    with Viewer(folder) as viewer:
        viewer.open(case)
        viewer.keys(" ")
        time.sleep(0.5)
        axial = planes_of(viewer)[0]
        viewer.keys(" ")
        click(viewer, axial["body"])
        wait_for(0, 0)
        viewer.keys("g")
        click(viewer, axial["body"])
        wait_for(0, 1)
        assert [(row["case_id"], row["decision"], row["radius_mm"]) for row in table(kept)] == [(case, "added", "10.0")]
        viewer.picture("added")
        viewer.keys("s")
        viewer.wait(lambda: corrected.exists() and "Saved" in viewer.text("exported"))
        assert voxels(corrected) == marker + ball, (voxels(corrected), marker, ball)
        viewer.click("[data-mode=erase]")
        click(viewer, axial["marker"])
        wait_for(1, 1)
        viewer.wait(lambda: voxels(corrected) == ball)
        click(viewer, axial["body"])
        wait_for(1, 0)
        viewer.wait(lambda: voxels(corrected) == 0)
        viewer.click("#undo")
        wait_for(1, 1)
        viewer.keys("z")
        wait_for(0, 1)
        viewer.wait(lambda: voxels(corrected) == marker + ball)
        viewer.browser.refresh()
        viewer.wait(lambda: viewer.text("name") == case and "0 rejected and 1 added" in viewer.text("corrected"))
        assert len(viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")) == 2
        viewer.keys(Keys.ESCAPE)
        click(viewer, axial["body"])
        time.sleep(0.5)
        assert len(table(kept)) == 1
        viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")[1].click()
        viewer.keys("x")
        wait_for(0, 0)
        viewer.wait(lambda: voxels(corrected) == marker and not kept.exists())


def check_growth(viewer, case):
    """The page and norma view let the same voxels grow on a map of norma segment."""
    index = [row["case_id"] for row in table(results / "cases.tsv")].index(case)
    corrected = results / f"review/rater-checker_masks/{case}_label-lesion_desc-corrected_mask.nii.gz"
    expected = viewer.browser.execute_async_script(
        """const [index, done] = arguments;
        (async () => {
          const [{ files, saveRegion, saveMask }, { grown }] = [await import("/api.js"), await import("/regions.js")];
          const { map, mask } = await files(index);
          const all = new Set();
          mask.voxels.forEach((voxel, place) => voxel && all.add(place));
          const highest = map.voxels.reduce((best, score, place) => (score > map.voxels[best] ? place : best), 0);
          const [width, height] = map.shape;
          const seed = [highest % width, Math.floor(highest / width) % height, Math.floor(highest / (width * height))];
          const additions = [[0.3, 17.3, 0], [0.7, 5, 9], [0, 4, -20]].map(([share, radius, away]) => {
            const voxel = [seed[0] + away, seed[1], seed[2]];
            const least = share * Math.max(0, map.voxels[(voxel[2] * height + voxel[1]) * width + voxel[0]]);
            return { index, voxel, growth: { least, radius }, volume: 1 };
          });
          for (const addition of additions) {
            for (const place of grown(map, addition.voxel, addition.growth).members) all.add(place);
            await saveRegion({ ...addition, decision: "added" });
          }
          await saveMask({ index });
          for (const addition of additions.slice(1)) await saveRegion({ ...addition, decision: "" });
          const first = new Set(grown(map, additions[0].voxel, additions[0].growth).members);
          mask.voxels.forEach((voxel, place) => voxel && first.add(place));
          return { addition: additions[0], all: all.size, first: first.size };
        })().then(done, (error) => done(String(error)));""", index)
    assert expected["all"] > expected["first"] and voxels(corrected) == expected["first"], (voxels(corrected), expected)
    viewer.browser.execute_async_script(
        """const [addition, done] = arguments;
        import("/api.js").then(({ saveRegion }) => saveRegion({ ...addition, decision: "" })).then(() => done(), done);""",
        expected["addition"])
    corrected.unlink()
    viewer.browser.refresh()
    viewer.wait(lambda: viewer.text("volume") not in ("", "–"))


def check_region_review(viewer, case):
    """A rejected region is missing from the exported mask, which norma evaluate takes as reference."""
    viewer.open(case)
    mask = results / case / "anat" / f"{case}_label-lesion_mask.nii.gz"
    written = table(results / case / "anat" / f"{case}_seg-lesions_dseg.tsv")
    voxel = float(written[0]["volume_mm3"]) / voxels(results / case / "anat" / f"{case}_seg-lesions_dseg.nii.gz", 1)
    viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")[1].click()
    viewer.keys("x")
    kept = results / "review/rater-checker_regions.tsv"
    viewer.wait(kept.exists)
    assert [(row["case_id"], row["decision"]) for row in table(kept)] == [(case, "rejected")]
    viewer.element("region-note").send_keys("pulsation", Keys.ESCAPE)
    viewer.wait(lambda: table(kept)[0]["note"] == "pulsation")
    viewer.picture("rejected")
    viewer.element("export").click()
    corrected = results / f"review/rater-checker_masks/{case}_label-lesion_desc-corrected_mask.nii.gz"
    viewer.wait(lambda: corrected.exists() and "Saved" in viewer.text("exported"))
    missing = round(float(written[1]["volume_mm3"]) / voxel)
    assert voxels(mask) - voxels(corrected) == missing > 0, (voxels(mask), voxels(corrected), missing)
    assert gzip.decompress(corrected.read_bytes())[40:56] == gzip.decompress(mask.read_bytes())[40:56]
    subprocess.run(
        [norma, "evaluate", "--predictions", str(results), "--reference", str(corrected.parent), "-o",
         str(work / "evaluation"), "--samples", "10", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    assert json.loads((work / "evaluation/evaluation.json").read_text())["cases"] == 1
    viewer.keys("c")
    viewer.wait(lambda: voxels(corrected) == voxels(mask))
    names = [button.text for button in viewer.browser.find_elements(By.CSS_SELECTOR, "#programs button")]
    assert names == ["Copy for ITK-SNAP", "Copy for FSLeyes", "Copy for 3D Slicer"], names
    viewer.click("#programs button")
    viewer.wait(lambda: viewer.text("command").startswith("itksnap -g") and str(corrected) in viewer.text("command"))
    volumes = [row.find_elements(By.TAG_NAME, "td")[1].text
               for row in viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")]
    assert volumes and not any(text.startswith(("0.00", "0 ")) for text in volumes), volumes
    viewer.element("region-size").send_keys("From 100")
    viewer.wait(lambda: len(viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")) < len(volumes))
    viewer.element("region-size").send_keys("All")
    viewer.click("#region-table [data-order=score]")
    scores = [float(row.find_elements(By.TAG_NAME, "td")[2].text)
              for row in viewer.browser.find_elements(By.CSS_SELECTOR, "#region-table tbody tr")]
    assert scores == sorted(scores, reverse=True)
    viewer.click("#region-table [data-order=number]")


def voxels(path, value=None):
    """The number of voxels of a label image that are not 0, or have a value."""
    data = gzip.decompress(path.read_bytes())
    shape, bits = struct.unpack_from("<3h", data, 42), struct.unpack_from("<h", data, 72)[0]
    count = shape[0] * shape[1] * shape[2]
    values = struct.unpack_from(f"<{count}{ {8: 'B', 16: 'h', 32: 'i'}[bits] }", data, int(struct.unpack_from("<f", data, 108)[0]))
    return sum(1 for found in values if (found == value if value else found != 0))


def check_view(viewer, case):
    """Layouts, zoom, windows, another image and a small screen."""
    viewer.open(case)
    before = viewer.browser.get_screenshot_as_base64()
    for layout, planes in [("coronal", 1), ("sagittal", 1), ("axial", 1), ("all", 3)]:
        viewer.click(f"[data-layout={layout}]")
        viewer.wait(lambda: len(viewer.browser.find_elements(By.CLASS_NAME, "plane")) == planes)
        viewer.picture(f"layout-{layout}")
    viewer.click("#zoom-in")
    viewer.keys("++")
    viewer.picture("zoomed")
    assert viewer.browser.get_screenshot_as_base64() != before
    viewer.keys("0")
    viewer.element("window").send_keys("Window: bright")
    viewer.picture("bright")
    viewer.click("#reset-view")
    assert viewer.element("window").get_attribute("value") == "brain"
    viewer.element("other").send_keys("Reference")
    viewer.keys("v")
    viewer.picture("reference")
    viewer.element("other").send_keys("No other")
    viewer.size(1024, 768)
    viewer.picture("small")
    assert viewer.run("return document.documentElement.scrollWidth") <= 1024
    assert viewer.run("return document.getElementById('canvas').clientWidth") >= 500
    viewer.size(1440, 900)


def check_threshold(viewer, case):
    viewer.open(case)
    volume, rate = viewer.text("volume"), viewer.text("rate")
    viewer.keys("[[[")
    viewer.wait(lambda: viewer.text("volume") != volume)
    assert float(viewer.text("volume").split()[0]) > float(volume.split()[0])
    assert viewer.text("rate") != rate and "at this threshold" in viewer.text("region-source")
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
    # In one step, since the list may be painted again.
    viewer.wait(lambda: viewer.run("""
        const name = [...document.querySelectorAll("#cases .failed .id")].find(name => name.innerText === arguments[0]);
        name?.click();
        return name !== undefined;""", case))
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
    check_orientations()
    check_beside(work / "sides")
    check_corrections(work / "sides")
    with Viewer(results, "checker", "--reference", str(work / "scans/manifest.tsv")) as viewer:
        check_cases(viewer)
        for case in cases:
            check_regions(viewer, case)
        assert any([check_left(viewer, case) for case in cases])
        check_places(viewer, cases[1])
        check_growth(viewer, cases[1])
        check_threshold(viewer, cases[0])
        check_review(viewer, cases[1])
        check_region_review(viewer, cases[1])
        check_view(viewer, cases[0])
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


if __name__ == "__main__":
    main()
