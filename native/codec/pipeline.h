#pragma once

#include "image.h"
#include "outcome.h"
#include "scaling.h"

namespace pixelpool {

// Puts on top of an image what sharp's pipeline does for a resize and raw output, in its order:
// to sRGB (16 bits: P3), resize, alpha as `channels` tells (3, 4 or 0), to uchar. All of it is
// lazy, and works pixel by pixel after the resize. Unsupported when libvips knows no way, too large
// when it does not make pictures of that size.
[[nodiscard]] Outcome transform(const Libvips& vips, const Scaling& scaling, int channels,
                                Image& image);

}  // namespace pixelpool
