#pragma once

#include <cstdio>
#include <cstdlib>

namespace pixelpool {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "pixelpool: CHECK(%s) failed at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace pixelpool

// A broken promise of our own stops the process: to go on could hand one slot to two owners.
// Never for a caller's mistake, never with an effect inside.
#define CHECK(condition) \
  ((condition) ? void(0) : ::pixelpool::check_failed(#condition, __FILE__, __LINE__))
