#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "decoder.h"

// Memory between two pages that nobody may touch:
//
//   | no access | pattern ... area ... pattern | no access |
//
// An area lies against one of them, so that one byte beyond it ends the process; what is left on
// the other side holds a pattern, to be looked at afterwards.
class Guarded {
 public:
  explicit Guarded(std::size_t bytes_max) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    bytes_ = (bytes_max + pattern_bytes + page - 1) / page * page;
    mapped_bytes_ = bytes_ + 2 * page;
    mapped_ = mmap(nullptr, mapped_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) std::abort();
    start_ = static_cast<std::byte*>(mapped_) + page;
    if (mprotect(start_, bytes_, PROT_READ | PROT_WRITE) != 0) std::abort();
  }
  ~Guarded() { munmap(mapped_, mapped_bytes_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // The area's last byte is the last one that may be touched.
  [[nodiscard]] pixelpool::Target at_end(std::size_t bytes) {
    area_ = {start_ + bytes_ - bytes, bytes};
    around_ = {area_.start - pattern_bytes, pattern_bytes};
    return fill();
  }
  // The area's first byte is the first one that may be touched.
  [[nodiscard]] pixelpool::Target at_start(std::size_t bytes) {
    area_ = {start_, bytes};
    around_ = {start_ + bytes, pattern_bytes};
    return fill();
  }

  [[nodiscard]] bool surroundings_untouched() const { return is_pattern(around_); }
  [[nodiscard]] bool untouched() const { return is_pattern(area_) && is_pattern(around_); }

 private:
  static constexpr std::size_t pattern_bytes = 4096;
  static constexpr auto pattern = std::byte{0xa5};

  static bool is_pattern(const pixelpool::Target& area) {
    return std::all_of(area.start, area.start + area.bytes,
                       [](std::byte each) { return each == pattern; });
  }

  pixelpool::Target fill() const {
    std::fill_n(area_.start, area_.bytes, pattern);
    std::fill_n(around_.start, around_.bytes, pattern);
    return area_;
  }

  std::size_t bytes_ = 0;
  std::size_t mapped_bytes_ = 0;
  void* mapped_ = nullptr;
  std::byte* start_ = nullptr;
  pixelpool::Target area_{};
  pixelpool::Target around_{};
};
