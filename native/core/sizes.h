#pragma once

#include <cstddef>
#include <limits>
#include <optional>

namespace pixelpool {

// Arithmetic on sizes in bytes that says so when the result does not fit, instead of wrapping.

[[nodiscard]] constexpr std::optional<std::size_t> multiply(std::size_t a, std::size_t b) {
  if (b != 0 && a > std::numeric_limits<std::size_t>::max() / b) return std::nullopt;
  return a * b;
}

[[nodiscard]] constexpr std::optional<std::size_t> round_up(std::size_t bytes,
                                                            std::size_t multiple) {
  const std::size_t beyond = bytes % multiple;
  if (beyond == 0) return bytes;
  const std::size_t missing = multiple - beyond;
  if (bytes > std::numeric_limits<std::size_t>::max() - missing) return std::nullopt;
  return bytes + missing;
}

}  // namespace pixelpool
