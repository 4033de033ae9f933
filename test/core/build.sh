# Builds C++ with a plain compiler, no Node in sight. Sourced at the top of the repository.

# build <kind> <program> <include options> <source>...; the objects lie beside the program.
build() {
  case $1 in
    plain) flags="-O2" ;;
    asan) flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,float-cast-overflow
      -fno-sanitize-recover=all" ;;
    tsan) flags="-O1 -g -fsanitize=thread" ;;
    *) echo "usage: run.sh [plain|asan|tsan]" >&2; exit 2 ;;
  esac
  program=$2 includes=$3
  shift 3
  folder=$(dirname "$program")
  mkdir -p "$folder"
  warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror"
  compile="${CXX:-c++} -std=c++17 -fno-exceptions -fno-rtti $warnings $flags $includes"
  objects=
  for source; do objects="$objects $folder/$(basename "$source" .cc).o"; done
  printf '%s\n' "$@" | xargs -P "$(getconf _NPROCESSORS_ONLN)" -I '{}' \
    sh -c 'exec $1 -c "$2" -o "$3/$(basename "$2" .cc).o"' compile "$(echo $compile)" '{}' "$folder"
  # shellcheck disable=SC2086
  ${CXX:-c++} $flags $objects ${wraps:-} -lpthread -ldl -o "$program"
}

# What one system has a file of its own for: pages_$os.cc.
case $(uname -s) in
  Darwin) os=macos ;;
  *) os=linux ;;
esac
