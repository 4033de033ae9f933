#pragma once

namespace pixelpool {

// How a job of the codec ended. The words for people are in TypeScript; libvips' own go with them.
enum class Outcome {
  ok,
  unreadable,    // no regular file, or one that cannot be read
  unsupported,   // no loader for it, or not one of ours; or libvips cannot make uchar pixels of it
  corrupt,       // the header or the pixels are broken
  too_large,     // more pixels or channels than were allowed
  does_not_fit,  // more bytes than the memory has
  cannot_turn,   // its orientation needs what was asked not to be kept: all rows at once
  cancelled,
  displaced,  // libvips wrote somewhere else than it was told
};

}  // namespace pixelpool
