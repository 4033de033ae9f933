#include "turn.h"

#include <cstring>

#include "../core/check.h"

namespace pixelpool {

Turn::Turn(int orientation, int width, int height, int pixel_bytes)
    : width_(width), pixel_bytes_(pixel_bytes) {
  CHECK(1 <= orientation && orientation <= 8);
  CHECK(1 <= pixel_bytes && pixel_bytes <= 4);
  const bool swaps_axes = orientation >= 5;
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  per_column_ = swaps_axes ? std::ptrdiff_t{height} * pixel_bytes : pixel_bytes;
  per_row_ = swaps_axes ? pixel_bytes : std::ptrdiff_t{width} * pixel_bytes;
  if (from_right) {
    start_ += (width - 1) * per_column_;
    per_column_ = -per_column_;
  }
  if (from_bottom) {
    start_ += (height - 1) * per_row_;
    per_row_ = -per_row_;
  }
}

void Turn::copy(const std::byte* rows, int top, int count, std::byte* target) const {
  switch (pixel_bytes_) {
    case 1:
      return copy_pixels<1>(rows, top, count, target);
    case 2:
      return copy_pixels<2>(rows, top, count, target);
    case 3:
      return copy_pixels<3>(rows, top, count, target);
    default:
      return copy_pixels<4>(rows, top, count, target);
  }
}

// Column by column: where rows become columns, this writes a run of each row of the target.
template <std::size_t pixel_bytes>
void Turn::copy_pixels(const std::byte* rows, int top, int count, std::byte* target) const {
  const std::ptrdiff_t row_bytes = width_ * static_cast<std::ptrdiff_t>(pixel_bytes);
  for (std::ptrdiff_t x = 0; x < width_; x++) {
    const std::byte* from = rows + x * static_cast<std::ptrdiff_t>(pixel_bytes);
    std::byte* to = target + start_ + x * per_column_ + top * per_row_;
    for (int y = 0; y < count; y++) {
      std::memcpy(to, from, pixel_bytes);
      from += row_bytes;
      to += per_row_;
    }
  }
}

}  // namespace pixelpool
