"""A headless Chromium for the scripts that open pages. Their folders link to it."""
import shutil

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


def chromium(*words: str) -> webdriver.Chrome:
    """Chromium that draws with WebGL and keeps what pages log, with more command-line options."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for word in ("headless=new", "no-sandbox", "hide-scrollbars", "use-angle=swiftshader", "enable-unsafe-swiftshader", *words):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
