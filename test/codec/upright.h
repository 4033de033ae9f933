#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

// EXIF's orientation word by word, to compare with: which side of the upright picture the stored
// image's row 0 and column 0 are (EXIF 2.32, tag 0x0112).

enum class Side { top, bottom, left, right };

struct Orientation {
  Side row_0, column_0;
};

inline constexpr Orientation orientations[] = {
    {Side::top, Side::left},     {Side::top, Side::right},   {Side::bottom, Side::right},
    {Side::bottom, Side::left},  {Side::left, Side::top},    {Side::right, Side::top},
    {Side::right, Side::bottom}, {Side::left, Side::bottom},
};

// Pixels tightly packed, as stored; the answer is upright.
inline std::vector<std::byte> upright(int orientation, const std::byte* stored, int width,
                                      int height, int pixel_bytes) {
  const auto [row_0, column_0] = orientations[orientation - 1];
  const bool rows_stay_rows = row_0 == Side::top || row_0 == Side::bottom;
  const int upright_width = rows_stay_rows ? width : height;
  const auto bytes = static_cast<std::size_t>(pixel_bytes);
  std::vector<std::byte> result(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                                bytes);
  for (int row = 0; row < height; row++) {
    for (int column = 0; column < width; column++) {
      int x = 0, y = 0;
      const auto place = [&](Side side, int distance, int last) {
        if (side == Side::top) y = distance;
        if (side == Side::bottom) y = last - distance;
        if (side == Side::left) x = distance;
        if (side == Side::right) x = last - distance;
      };
      place(row_0, row, height - 1);
      place(column_0, column, width - 1);
      const int from = row * width + column;
      const int to = y * upright_width + x;
      std::memcpy(result.data() + static_cast<std::size_t>(to) * bytes,
                  stored + static_cast<std::size_t>(from) * bytes, bytes);
    }
  }
  return result;
}
