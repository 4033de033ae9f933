#!/bin/sh
# Runs the tests of pixelpool/sharp that were built here, with the addon that was built here, beside
# older versions of sharp, each of which has a libvips of its own.
#   sh test/matrix/sharps.sh
# The versions are npm packages, kept in .runtimes/sharps/ (about 60 MB).
set -eu
cd "$(dirname "$0")/../.."
versions="0.33.5 0.34.5"

mkdir -p .runtimes
echo '*' >.runtimes/.gitignore
failed=
for version in $versions; do
  beside=.runtimes/sharps/$version
  if [ "$(cat "$beside/wanted" 2>/dev/null)" != "sharp@$version" ]; then
    mkdir -p "$beside"
    npm install --prefix "$beside" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund \
      "sharp@$version"
    echo "sharp@$version" >"$beside/wanted"
  fi

  # Copies: a link would lead to the sharp that is installed here.
  copy=$beside/pixelpool
  rm -rf "$copy"
  mkdir -p "$copy/build/Release" "$copy/examples"
  cp -R dist package.json "$copy"
  cp build/Release/pixelpool.node "$copy/build/Release"
  cp -R examples/photos "$copy/examples"

  found=$(cd "$copy" && node -p "require('sharp').versions.sharp")
  if [ "$found" != "$version" ]; then
    echo "FAILED: wanted sharp $version, found $found" >&2
    exit 1
  fi
  echo "the tests of pixelpool/sharp beside sharp $version"
  (cd "$copy" && node --test dist/test/sharp/*.test.js) || failed="$failed $version"
done
if [ -n "$failed" ]; then
  echo "FAILED: the tests beside sharp$failed" >&2
  exit 1
fi
