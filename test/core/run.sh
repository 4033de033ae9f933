#!/bin/sh
# Builds the core and its tests with a plain compiler, no Node in sight, and runs them.
#   sh test/core/run.sh [plain|asan|tsan]
set -eu
cd "$(dirname "$0")/../.."
. test/core/build.sh
kind=${1:-plain}
program=build/core-tests/$kind/core-tests
build "$kind" "$program" -Inative/core "native/core/pages_$os.cc" \
  $(find native/core -name '*.cc' ! -name 'pages_*' | sort) test/core/*.cc
echo "core tests, $kind build"
"$program"
