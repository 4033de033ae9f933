#pragma once

#include "loader.h"
#include "request.h"

namespace pixelpool {

// How much smaller an image becomes along each axis. 1 is as it is.
struct Scaling {
  double horizontal = 1.0;
  double vertical = 1.0;

  [[nodiscard]] bool is_identity() const { return horizontal == 1.0 && vertical == 1.0; }
};

// Follows sharp's ResolveShrink(): for a page of this size, not turned yet.
[[nodiscard]] Scaling scaling_of(int width, int page_height, const Request& request);

// What of it the loader can do by itself, at less cost than decoding in full.
[[nodiscard]] Shrink shrink_on_load(const Loader& loader, const Scaling& scaling);

}  // namespace pixelpool
