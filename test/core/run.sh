#!/bin/sh
# Builds the core and its tests with a plain compiler, no Node in sight, and runs them.
#   sh test/core/run.sh [plain|asan|tsan] [name]
# With a name, only those tests whose own contains it.
set -eu
cd "$(dirname "$0")/../.."
. test/core/build.sh
kind=${1:-plain}
program=build/core-tests/$kind/core-tests
# On Linux the linker puts what test/core/linux/failing.cc has in the place of these calls.
tests=test/core/*.cc wraps=
if [ "$os" = linux ]; then
  tests="$tests test/core/linux/*.cc"
  for call in mmap madvise mprotect mincore open fallocate pthread_create; do
    wraps="$wraps -Wl,--wrap=$call"
  done
fi
# shellcheck disable=SC2086
build "$kind" "$program" "-Inative/core -Itest/core" "native/core/pages_$os.cc" native/core/thread_posix.cc \
  $(find native/core -name '*.cc' ! -name 'pages_*' ! -name 'thread_*' | sort) $tests
echo "core tests, $kind build"
shift $(($# > 0))
"$program" "$@"
