#!/bin/sh
# Builds the core and its tests with a plain compiler, no Node in sight, and runs them.
#   sh test/core/run.sh [plain|asan|tsan]
set -eu
cd "$(dirname "$0")/../.."
kind=${1:-plain}
case $kind in
  plain) flags="-O2" ;;
  asan) flags="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all" ;;
  tsan) flags="-O1 -g -fsanitize=thread" ;;
  *) echo "usage: run.sh [plain|asan|tsan]" >&2; exit 2 ;;
esac
case $(uname -s) in
  Darwin) os=macos ;;
  *) os=linux ;;
esac
out=build/core-tests/$kind
mkdir -p "$out"
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror"
objects=
pids=
for source in native/core/pages.cc native/core/pages_$os.cc native/core/slab.cc \
  native/core/slots.cc native/core/pool.cc test/core/*.cc; do
  object=$out/$(basename "$source" .cc).o
  objects="$objects $object"
  # shellcheck disable=SC2086
  ${CXX:-c++} -std=c++17 -fno-exceptions -fno-rtti $warnings $flags -Inative/core \
    -c "$source" -o "$object" &
  pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
# shellcheck disable=SC2086
${CXX:-c++} $flags $objects -lpthread -o "$out/core-tests"
echo "core tests, $kind build"
"$out/core-tests"
