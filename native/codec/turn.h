#pragma once

#include <cstddef>

namespace pixelpool {

// Where each pixel of an image goes when the image is turned upright, as EXIF's orientation tells.
//
//   1 as it is   2 mirrored      3 by 180    4 mirrored, by 180
//   5 transposed 6 by 90 right   7 transposed, by 180   8 by 90 left
//
// An offset in bytes that is linear in the pixel's place: start + x * per_column + y * per_row.
class Turn {
 public:
  // Width and height are those of the image before it is turned.
  Turn(int orientation, int width, int height, int pixel_bytes);

  // Copies rows of whole pixels, tightly packed, the first of which is row `top` of the image.
  void copy(const std::byte* rows, int top, int count, std::byte* target) const;

 private:
  template <std::size_t pixel_bytes>
  void copy_pixels(const std::byte* rows, int top, int count, std::byte* target) const;

  std::ptrdiff_t width_;
  std::ptrdiff_t pixel_bytes_;
  std::ptrdiff_t start_ = 0;
  std::ptrdiff_t per_column_ = 0;
  std::ptrdiff_t per_row_ = 0;
};

}  // namespace pixelpool
