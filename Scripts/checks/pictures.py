"""Pictures of pages: pictures.py NORMA PLACE FOLDER [--check]

PLACE holds the pages. FOLDER has for each picture NAME.png a file NAME.txt: the
SHA-256 of the picture, and the words of the page. --check compares both with the pages of PLACE; numbers may differ by 2 %,
because processors round differently.
"""
import difflib
import hashlib
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import slices
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from browser import chromium

norma, place, folder = sys.argv[1], *map(Path, sys.argv[2:4])
checking = "--check" in sys.argv[4:]
# Name of the picture, its page, height in pixels, and the part of the page. The viewer shows the demonstration.
PAGES = [
    ("report", "demonstration/report.html", 1500, "body"),
    ("region", "demonstration/report.html", 1500, "figure.montage"),
    ("trained", "trained/report.html", 1230, "body"),
    ("evaluation", "evaluation/report.html", 900, "body"),
    ("visits", "compared/sub-001_visits.html", 1300, "body"),
    ("places", "places/report.html#case-1", 1000, "body"),
    ("scanner", "check/check.html", 1100, "body"),
    ("filled", "filled.html", 660, "body"),
]
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*")
# What differs between two runs: times, dates, versions, hashes, folders.
PASSING = re.compile(r"(?<=done )(\d+ [\d.]+) [\d.]+|\d+(\.\d+)? s\b|\d{4}-\d\d-\d\d\S*|\d+\.\d+\.\d+|\b[0-9a-f]{12,}\b|(/[\w.-]+){2,}")


def words(browser: webdriver.Chrome, part: str) -> str:
    text = browser.execute_script("return document.querySelector(arguments[0]).innerText", part)
    lines = (PASSING.sub(r"\1…", re.sub(r"\s+", " ", line)).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def differences(old: str, new: str) -> list[str]:
    """Lines that differ in a word, or in a number by more than 2 %."""
    before, after = old.splitlines(), new.splitlines()

    def close(one: str, other: str) -> bool:
        if NUMBER.sub("#", one) != NUMBER.sub("#", other):
            return False
        pairs = zip(NUMBER.findall(one), NUMBER.findall(other))
        values = [[float(text.replace(",", "")) for text in pair] for pair in pairs]
        return all(abs(a - b) <= 0.02 * max(abs(a), abs(b)) + 0.01 for a, b in values)

    if len(before) == len(after) and all(map(close, before, after)):
        return []
    return [line for line in difflib.unified_diff(before, after, "picture", "page", lineterm="", n=0)]


def photograph(browser: webdriver.Chrome, name: str, part: str = "body") -> bool:
    """Writes the picture and the words of the page, or of a part of it, or compares them. Returns whether all is well."""
    picture, record = folder / f"{name}.png", folder / f"{name}.txt"
    if not checking:
        (browser.save_screenshot if part == "body" else browser.find_element(By.CSS_SELECTOR, part).screenshot)(str(picture))
        Image.open(picture).convert("RGB").quantize(64).save(picture, optimize=True)
        record.write_text(hashlib.sha256(picture.read_bytes()).hexdigest() + "\n" + words(browser, part))
        return True
    digest, _, old = record.read_text().partition("\n")
    problems = differences(old, words(browser, part))
    if digest != hashlib.sha256(picture.read_bytes()).hexdigest():
        problems.insert(0, "the picture is not the one that was made with these words")
    for problem in problems[:20]:
        print(f"{name}.png: {problem}")
    return not problems


def main() -> None:
    patient = place / "patient/sub-001/anat/sub-001_FLAIR.nii.gz"
    mask = place / "places/sub-001/anat/sub-001_label-lesion_mask.nii.gz"
    slices.page(place / "filled.html", mask, {"a simulated scan": patient, "filled": place / "filled.nii.gz"})
    browser, well = chromium(), True
    viewer = subprocess.Popen(
        [norma, "view", place / "demonstration", "--no-browser", "--rater", "reader", "--quiet"],
        stdout=subprocess.PIPE, text=True)
    try:
        for name, page, height, part in PAGES:
            browser.set_window_size(1000, height)
            browser.get(f"file://{place}/{page}")
            well &= photograph(browser, name, part)
        browser.set_window_size(1440, 900)
        browser.get(viewer.stdout.readline().strip())
        region = WebDriverWait(browser, 60).until(
            lambda page: page.find_elements(By.CSS_SELECTOR, "#region-table tbody tr"))[0]
        region.click()
        time.sleep(1)  # The slices are drawn after the table.
        well &= photograph(browser, "viewer")
    finally:
        browser.quit()
        viewer.send_signal(signal.SIGINT)
        viewer.wait(10)
    if not well:
        sys.exit("checks/pictures: run Scripts/checks/pictures, look at the pictures, and commit them")


if __name__ == "__main__":
    main()
