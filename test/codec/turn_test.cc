#include "turn.h"

#include <algorithm>
#include <utility>

#include "harness.h"
#include "upright.h"

using namespace pixelpool;

namespace {

using Bytes = std::vector<std::byte>;

Bytes numbered(std::size_t bytes) {
  Bytes all(bytes);
  for (std::size_t i = 0; i < bytes; i++) all[i] = static_cast<std::byte>(i * 31 + i / 251);
  return all;
}

std::size_t size_of(int width, int height, int pixel_bytes) {
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
         static_cast<std::size_t>(pixel_bytes);
}

// Turns strips of `rows` rows, the last of which comes first if `backwards`.
Bytes turned(int orientation, const Bytes& image, int width, int height, int pixel_bytes, int rows,
             bool backwards = false) {
  const Turn turn(orientation, width, height, pixel_bytes);
  Bytes target(image.size(), std::byte{0xa5});
  const int strips = (height + rows - 1) / rows;
  for (int i = 0; i < strips; i++) {
    const int top = (backwards ? strips - 1 - i : i) * rows;
    const int count = top + rows > height ? height - top : rows;
    const Bytes strip(
        image.begin() + static_cast<std::ptrdiff_t>(size_of(width, top, pixel_bytes)),
        image.begin() + static_cast<std::ptrdiff_t>(size_of(width, top + count, pixel_bytes)));
    turn.copy(strip.data(), top, count, target.data());
  }
  return target;
}

}  // namespace

TEST("every orientation puts each pixel where EXIF says, whatever its bytes and the strips") {
  for (int orientation = 1; orientation <= 8; orientation++) {
    for (int pixel_bytes = 1; pixel_bytes <= 4; pixel_bytes++) {
      const Bytes image = numbered(size_of(13, 10, pixel_bytes));
      const Bytes expected = upright(orientation, image.data(), 13, 10, pixel_bytes);
      for (const int rows : {1, 3, 4, 10}) {
        EXPECT(turned(orientation, image, 13, 10, pixel_bytes, rows) == expected);
      }
      EXPECT(turned(orientation, image, 13, 10, pixel_bytes, 3, true) == expected);
    }
  }
}

TEST("one row, one column and one pixel are turned") {
  for (int orientation = 1; orientation <= 8; orientation++) {
    for (const auto& [width, height] : {std::pair{17, 1}, std::pair{1, 17}, std::pair{1, 1}}) {
      const Bytes image = numbered(size_of(width, height, 3));
      const Bytes expected = upright(orientation, image.data(), width, height, 3);
      EXPECT(turned(orientation, image, width, height, 3, 1) == expected);
      EXPECT(turned(orientation, image, width, height, 3, height) == expected);
    }
  }
}

TEST("a strip writes its own pixels and no other") {
  for (int orientation = 1; orientation <= 8; orientation++) {
    const Turn turn(orientation, 5, 6, 1);
    const Bytes rows(10, std::byte{1});
    Bytes target(30);
    turn.copy(rows.data(), 2, 2, target.data());
    Bytes stored(30);
    std::fill_n(stored.begin() + 10, 10, std::byte{1});
    EXPECT(target == upright(orientation, stored.data(), 5, 6, 1));
  }
}

TEST("orientation 6 brings the left column up, as the picture in turn.h tells") {
  const Bytes image = {std::byte{1}, std::byte{2}, std::byte{3},
                       std::byte{4}, std::byte{5}, std::byte{6}};
  const Bytes by_90_right = {std::byte{4}, std::byte{1}, std::byte{5},
                             std::byte{2}, std::byte{6}, std::byte{3}};
  EXPECT(turned(6, image, 3, 2, 1, 2) == by_90_right);
  EXPECT(upright(6, image.data(), 3, 2, 1) == by_90_right);
}
