#pragma once

#include <cstddef>

#include "outcome.h"
#include "plan.h"
#include "watch.h"

namespace pixelpool {

// Bytes of a plan's result: rows, pages and pixels tightly packed.
[[nodiscard]] std::size_t bytes_of(const Plan& plan);

// Memory that a job may write.
struct Target {
  std::byte* start;
  std::size_t bytes;
};

// Decodes into the target, which is left alone if the result does not fit. What is in there after
// any other failure is part of the picture over what was there before. Any thread.
[[nodiscard]] Outcome decode(const Libvips& vips, const Plan& plan, const Target& target,
                             Watch& watch);

}  // namespace pixelpool
