#include "contents.h"

#include <utility>

#include "check.h"

namespace pixelpool {

Contents::Contents(Slab slab, std::uint32_t slot_count, const ContentsOptions& options)
    : clear_on_acquire_(options.clear_on_acquire),
      fill_on_release_(options.fill_on_release),
      slab_(std::move(slab)),
      zero_(slot_count, 1) {}

void Contents::prepare(std::uint32_t slot) {
  if (clear_on_acquire_ && zero_[slot] == 0) slab_.fill(slot, 0);
  zero_[slot] = 0;
}

void Contents::fill(std::uint32_t slot) {
  CHECK(fill_on_release_.has_value());
  slab_.fill(slot, *fill_on_release_);
  zero_[slot] = *fill_on_release_ == 0;
}

std::size_t Contents::discard(std::uint32_t slot) {
  const std::size_t bytes = slab_.resident_bytes(slot);
  zero_[slot] = slab_.discard(slot) ? 1 : 0;  // even if none: what was swapped out is not counted
  return bytes;
}

}  // namespace pixelpool
