#pragma once

#include "decoder.h"
#include "outcome.h"
#include "plan.h"

namespace pixelpool {

// Reads a picture from top to bottom, some rows at a time. Between two reads nothing runs and
// nothing is kept but libvips' own few rows. One read at a time, on any thread.
class StripReader {
 public:
  StripReader() = default;  // of nothing
  StripReader(const StripReader&) = delete;
  StripReader& operator=(const StripReader&) = delete;
  ~StripReader();

  // Takes the plan's image, which must not be on its side or upside down.
  [[nodiscard]] static Outcome open(const Libvips& vips, Plan& plan, StripReader& reader);

  // Rows from `top` on, which never goes back. A failed read ends the reader.
  [[nodiscard]] Outcome read(const Target& target, int top, int rows, const Watch& watch) const;

 private:
  const Libvips* vips_ = nullptr;
  Source source_;
  Image image_;
  int width_ = 0;
  int height_ = 0;
  int bands_ = 0;
  int tile_width_ = 0;
};

}  // namespace pixelpool
