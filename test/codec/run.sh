#!/bin/sh
# Builds the codec and its tests with a plain compiler, no Node in the program, and runs them with
# the libvips of the installed sharp.
#   sh test/codec/run.sh [plain|asan|tsan]
#   sh test/codec/run.sh fuzz [cases] [seed] [only this case]
set -eu
cd "$(dirname "$0")/../.."
. test/core/build.sh
mode=${1:-plain}

export PIXELPOOL_TEST_PICTURES="$PWD/build/codec-tests/pictures"
if [ ! -e "$PIXELPOOL_TEST_PICTURES" ] || [ -n "$(find test/codec/pictures.mjs \
  -newer "$PIXELPOOL_TEST_PICTURES")" ]; then
  rm -rf "$PIXELPOOL_TEST_PICTURES"
  node test/codec/pictures.mjs "$PIXELPOOL_TEST_PICTURES"
fi
PIXELPOOL_TEST_LIBVIPS=$(node test/codec/find-libvips.mjs)
export PIXELPOOL_TEST_LIBVIPS

codec=$(ls native/codec/*.cc | grep -v -e _linux -e _macos -e _windows -e _posix)
codec="$codec native/codec/system_$os.cc native/codec/file_posix.cc"
includes="-Inative/codec -Itest/core"
helpers="test/codec/loaded.cc test/codec/pictures.cc"
program=build/codec-tests/$mode/codec-tests

case $mode in
  # ThreadSanitizer does not see how libvips, which it has not built, locks.
  tsan)
    tests="test/codec/file_test.cc test/codec/scaling_test.cc test/codec/turn_test.cc
      test/codec/watch_test.cc"
    echo "not in a tsan build, as they run libvips:" \
      $(basename -a -s .cc $(ls test/codec/*_test.cc | grep -v -F "$(printf '%s\n' $tests)"))
    # shellcheck disable=SC2086
    build tsan "$program" "$includes" $codec $tests $helpers test/core/main.cc ;;
  fuzz)
    # shellcheck disable=SC2086
    build asan "$program" "$includes" $codec $helpers test/codec/mutation.cc test/codec/fuzz.cc ;;
  *)
    # shellcheck disable=SC2086
    build "$mode" "$program" "$includes" $codec $helpers test/codec/*_test.cc test/core/main.cc ;;
esac
echo "codec tests, $mode build, $PIXELPOOL_TEST_LIBVIPS"

# glib's warnings about broken pictures go to stderr; what a sanitizer says must be seen.
reports=build/codec-tests/$mode/report
rm -f "$reports".*
export LSAN_OPTIONS="suppressions=$PWD/.ci/lsan.supp"
export ASAN_OPTIONS="log_path=$reports:handle_abort=1"
export UBSAN_OPTIONS="log_path=$reports:print_stacktrace=1"
export TSAN_OPTIONS="log_path=$reports"
[ $# = 0 ] || shift
status=0
"$program" "$@" 2>"$reports.stderr" || status=$?
if [ $status != 0 ]; then
  echo "ended with $status; the last of stderr and all reports:"
  tail -n 20 "$reports.stderr"
  find build/codec-tests/"$mode" -name 'report.[0-9]*' -exec cat '{}' +
fi
exit $status
