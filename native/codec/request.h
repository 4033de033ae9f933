#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pixelpool {

// The compressed image.
struct Input {
  std::string file;  // UTF-8; empty where the image is in memory
  const void* memory = nullptr;
  std::size_t bytes = 0;
  std::shared_ptr<const std::vector<std::byte>> owned;  // the memory, where nobody else keeps it
};

// What of the image is wanted. Zero stands for "as it is".
struct Request {
  int width = 0;
  int height = 0;
  bool fill = false;  // to exactly that width and height, else inside of them
  bool auto_orient = false;
  int channels = 0;
  int page = -1;    // -1: the primary one of a HEIF, else the first
  int pages = 1;    // -1: all from `page` on
  int fail_on = 3;  // libvips' VipsFailOn: 3 is a warning
  std::uint64_t pixels_max = 0;
};

}  // namespace pixelpool
