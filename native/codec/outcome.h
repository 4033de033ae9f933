#pragma once

namespace pixelpool {

// How a job of the codec ended. The words for people are in TypeScript; libvips' own go with them.
enum class Outcome {
  ok,
  unreadable,    // no regular file, or one that cannot be read
  unsupported,   // no loader for it, or not one of ours; or libvips cannot make uchar pixels of it
  corrupt,       // the header or the pixels are broken
  too_large,     // more pixels than were allowed, or than libvips makes
  does_not_fit,  // more bytes than the memory has
  cannot_turn,   // to turn it takes all of its rows, and only some are read at once
  no_such_page,
  cancelled,
  displaced,  // libvips wrote somewhere else than it was told
};

}  // namespace pixelpool
