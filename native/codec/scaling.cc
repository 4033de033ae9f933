#include "scaling.h"

#include <algorithm>

namespace pixelpool {

Scaling scaling_of(int width, int page_height, const Request& request) {
  Scaling scaling;
  if (request.width > 0) scaling.horizontal = static_cast<double>(width) / request.width;
  if (request.height > 0) scaling.vertical = static_cast<double>(page_height) / request.height;
  if (!request.fill) {
    if (request.height == 0) {
      scaling.vertical = scaling.horizontal;
    } else if (request.width == 0) {
      scaling.horizontal = scaling.vertical;
    } else {
      scaling.horizontal = scaling.vertical = std::max(scaling.horizontal, scaling.vertical);
    }
  }
  // No axis shrinks to nothing.
  scaling.horizontal = std::min(scaling.horizontal, static_cast<double>(width));
  scaling.vertical = std::min(scaling.vertical, static_cast<double>(page_height));
  return scaling;
}

Shrink shrink_on_load(const Loader& loader, const Scaling& scaling) {
  const double common = std::min(scaling.horizontal, scaling.vertical);
  Shrink shrink;
  if (is_jpeg(loader)) {
    shrink.jpeg = common >= 8 ? 8 : common >= 4 ? 4 : common >= 2 ? 2 : 1;
    // libjpeg rounds sizes another way than the resize that follows: leave it something to do.
    if (shrink.jpeg > 1 && static_cast<int>(common) == shrink.jpeg) shrink.jpeg /= 2;
  } else if (is_webp(loader) && common > 1.0) {
    shrink.webp = 1.0 / common;
  }
  return shrink;
}

}  // namespace pixelpool
