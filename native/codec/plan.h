#pragma once

#include "image.h"
#include "loader.h"
#include "outcome.h"
#include "request.h"

namespace pixelpool {

// What the file's own header tells.
struct Header {
  const char* format = "";
  int width = 0;
  int height = 0;  // rows a page
  int bands = 0;
  int pages = 0;        // in the file
  int orientation = 1;  // EXIF's, from 1 to 8
};

// A decode that was thought through to its last pixel, of which none is there yet: the image is
// what sharp's raw() would give for the request, but for its orientation, which is left to whoever
// writes it down. Byte for byte: the operations are sharp's, in sharp's order.
//
// Sizes are those of the result, when it has been turned.
struct Plan {
  Header header;
  Source source;
  Image image;  // uchar, not turned
  int orientation = 1;
  int width = 0;
  int height = 0;  // of all pages together
  int bands = 0;
  int pages = 1;  // stacked in the result, each of the same height
};

[[nodiscard]] Outcome make_plan(const Libvips& vips, const Input& input, const Request& request,
                                Plan& plan);

}  // namespace pixelpool
