# shellcheck shell=bash
# Sourced by the scripts: goes to the root of the clone and defines what they share.
NORMA=${NORMA:+$(realpath "$NORMA")}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# say MESSAGE...: to standard error, with the script's name.
say() { echo "$(basename "$(dirname "$0")")/$(basename "$0"): $*" >&2; }

fail() {
  say "$@"
  exit 1
}

# build debug|release [OPTION...]: sets $norma to the command that NORMA names, or else builds it.
build() {
  norma=$NORMA
  [ -z "$norma" ] || return 0
  swift build --configuration "$@" --product norma --quiet
  norma="$(swift build --configuration "$@" --show-bin-path)/norma"
}

# scratch: sets $place to a folder that is removed at the end, and keeps the store of runs there.
scratch() {
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  export NORMA_RUNS="$place/runs.sqlite"
}

# environment NAME PACKAGE...: makes .deps/NAME, a Python environment; $environment is the folder of its programs.
environment() {
  local folder="$PWD/.deps/$1"
  shift
  environment="$folder/bin"
  [ "$(cat "$folder/packages" 2>/dev/null)" != "$*" ] || return 0
  python3 -m venv "$folder"
  "$environment/pip" install --quiet --disable-pip-version-check "$@"
  echo "$*" >"$folder/packages"
}

# needs COMMAND PACKAGE...: installs Debian's packages where the command is missing.
needs() {
  ! command -v "$1" >/dev/null || return 0
  shift
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

quietly() { "$norma" "$@" --quiet >/dev/null; }

# simulate CASES [OPTION...]: people of few and large voxels, in $place/people.
simulate() { quietly simulate -o "$place/people" --cases "$1" --voxel-size 3 3 4 --levels 8 28 "${@:2}"; }
