#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "slots.h"

namespace pixelpool {

// What was asked of the slots of one size.
struct SizeDemand {
  std::uint64_t tenancies = 0;
  std::size_t largest_bytes = 0;
  std::uint32_t at_once = 0;
  std::uint32_t at_once_peak = 0;  // those who waited or were refused included
};

// What has been asked of a pool, for advice on its budget: how much was wanted at once, whether or
// not there was as much. Bytes that are not asked ones are what a tenant can make the system hold.
// Not thread-safe: Pool's mutex guards it.
class Demands {
 public:
  explicit Demands(std::size_t class_count) : sizes_(class_count) {}

  void begin(SizeClass of, std::size_t asked_bytes, std::size_t bytes);
  void end(SizeClass of, std::size_t bytes);
  // Somebody could not be served. With all others that wait he needs so many bytes, and with those
  // that wait for the same size, so many slots.
  struct Waiting {
    std::size_t bytes;
    std::uint32_t slots;
  };
  void refuse(SizeClass of, std::size_t asked_bytes, const Waiting& waiting);

  [[nodiscard]] std::size_t peak() const { return peak_; }
  [[nodiscard]] const std::vector<SizeDemand>& sizes() const { return sizes_; }

 private:
  std::vector<SizeDemand> sizes_;
  std::size_t in_use_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace pixelpool
