# Sourced by checks that need a browser: headless Chromium with its driver, and $browser_python with selenium and axe-core.
# shellcheck shell=bash
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium chromium-driver fonts-dejavu-core >/dev/null
fi
if [ ! -e .deps/browser/ready ]; then
  python3 -m venv --clear .deps/browser
  .deps/browser/bin/pip install --quiet --disable-pip-version-check selenium==4.51.0
  # For its copy of axe-core alone.
  .deps/browser/bin/pip install --quiet --disable-pip-version-check --no-deps axe-playwright-python==0.1.8
  touch .deps/browser/ready
fi
browser_python="$PWD/.deps/browser/bin/python"
