#pragma once

#include "image.h"
#include "outcome.h"
#include "request.h"
#include "source.h"

namespace pixelpool {

// One of the formats that are read, and how. There is no other: an image of a format that is not
// listed in loader.cc is refused before a loader has seen it.
struct Loader {
  const char* class_name;  // libvips' name
  const char* format;      // sharp's name
  const char* operation;
  bool has_pages;
};

// A smaller image than the file's own, as far as the format offers it for little work.
struct Shrink {
  int jpeg = 1;       // 1, 2, 4 or 8
  double webp = 1.0;  // the new size over the old
};

// An image whose header was read, and no pixel.
struct Opened {
  Source source;
  const Loader* loader = nullptr;
  Image image;
  int page = 0;
};

// The image, with its limits checked.
[[nodiscard]] Outcome open_image(const Libvips& vips, const Input& input, const Request& request,
                                 Opened& opened);

// The same one again, smaller.
[[nodiscard]] Outcome open_shrunk(const Libvips& vips, const Request& request, const Shrink& shrink,
                                  Opened& opened);

[[nodiscard]] bool is_jpeg(const Loader& loader);
[[nodiscard]] bool is_webp(const Loader& loader);

// An integer of the image's header, or what it is if there is none.
[[nodiscard]] int header_int(const Libvips& vips, const Image& image, const char* name,
                             int otherwise);

}  // namespace pixelpool
