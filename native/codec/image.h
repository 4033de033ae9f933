#pragma once

#include <memory>

#include "libvips.h"

namespace pixelpool {

// Gives one reference back to libvips.
struct Unref {
  const Libvips* vips = nullptr;
  void operator()(void* object) const { vips->g_object_unref(object); }
};

using Image = std::unique_ptr<VipsImage, Unref>;
using Region = std::unique_ptr<VipsRegion, Unref>;

// A uchar image over memory of ours, of exactly this many bytes.
struct Frame {
  int width, height, bands;

  [[nodiscard]] std::size_t bytes() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
           static_cast<std::size_t>(bands);
  }
};
[[nodiscard]] inline Image image_over(const Libvips& vips, const std::byte* memory,
                                      const Frame& frame) {
  return Image(vips.vips_image_new_from_memory(memory, frame.bytes(), frame.width, frame.height,
                                               frame.bands, vips_format_uchar),
               Unref{&vips});
}

// Puts one more lazy operation on top of the image: operation(in, &out) answers 0 for success. The
// new image holds the old one. False when the operation refuses; the image is as it was then.
template <typename Operation>
[[nodiscard]] bool extend(Image& image, const Operation& operation) {
  VipsImage* result = nullptr;
  if (operation(image.get(), &result) != 0) return false;
  image.reset(result);
  return true;
}

}  // namespace pixelpool
