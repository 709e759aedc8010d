# shellcheck shell=bash
# Sourced by checks that need a browser: Chromium with its driver, and selenium, Pillow and axe-core for $browser_python.
needs chromedriver chromium chromium-driver fonts-dejavu-core
environment browser selenium==4.51.0 pillow==12.0.0
# For its copy of axe-core alone.
"$environment/pip" install --quiet --disable-pip-version-check --no-deps axe-playwright-python==0.1.8
browser_python="$environment/python"
