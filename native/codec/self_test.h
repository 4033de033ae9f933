#pragma once

#include "libvips.h"

namespace pixelpool {

// That a picture can be written into memory which libvips has not allocated is in no
// documentation of libvips. So a tiny one is decoded, and what surrounds it must stay as it was.
[[nodiscard]] bool self_test(const Libvips& vips);

}  // namespace pixelpool
