"""Rules of axe-core on pages, and pictures of them: pages.py FOLDER PAGE..."""
import importlib.util
import os
import sys

from selenium import webdriver

# Axe asks for landmarks and contrast among others; nothing is switched off.
SCRIPT = "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then(done)"

# The tables that need a scroll bar, and the page if it is wider than the window.
WIDE = """return [...document.querySelectorAll(".scroll"), document.documentElement]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).map(({ ariaLabel, nodeName }) => ariaLabel ?? nodeName)"""


def main() -> None:
    folder, *pages = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    place = os.path.dirname(importlib.util.find_spec("axe_playwright_python").origin)
    with open(os.path.join(place, "axe.min.js"), encoding="utf-8") as file:
        axe = file.read()
    options = webdriver.ChromeOptions()
    for word in "headless=new", "no-sandbox", "window-size=1100,1400":
        options.add_argument(f"--{word}")
    browser, broken = webdriver.Chrome(options=options), 0
    try:
        for page in pages:
            name = "-".join(os.path.splitext(page)[0].split("/")[-2:])
            size = os.path.getsize(page) / 2**20
            for scheme in "light", "dark":
                browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
                browser.get(f"file://{page}")
                browser.save_screenshot(os.path.join(folder, f"{name}-{scheme}.png"))
                wide = browser.execute_script(WIDE)
                # The tables of an experiment have a column per method and scroll.
                if wide and not name.startswith("experiment"):
                    broken += 1
                    print(f"{name}: does not fit {browser.execute_script('return innerWidth')} px: {wide}")
                browser.execute_script(axe)
                found = browser.execute_async_script(SCRIPT)["violations"]
                broken += len(found)
                print(f"{name}, {scheme}, {size:.1f} MB: {len(found)} rules broken")
                for rule in found:
                    print(f"  {rule['impact']}: {rule['help']}: {rule['nodes'][0]['html'][:120]}")
    finally:
        browser.quit()
    if broken:
        sys.exit("checks/pages: rules are broken")


if __name__ == "__main__":
    main()
