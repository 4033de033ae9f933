#include "contents.h"

#include <algorithm>
#include <utility>

#include "check.h"

namespace pixelpool {

Contents::Contents(Slabs slabs, const ContentsOptions& options, bool committed)
    : clear_(options.clear),
      fill_on_release_(options.fill_on_release),
      slabs_(std::move(slabs)),
      zero_(slabs_.slot_count(), 1),
      committed_(slabs_.slot_count(), committed ? 1 : 0) {}

bool Contents::prepare(std::uint32_t slot, std::size_t used_bytes) {
  if (committed_[slot] == 0) {
    if (!slabs_.commit(slot)) return false;
    committed_[slot] = 1;
  }
  if (clear_) clear(slot, used_bytes);
  zero_[slot] = 0;
  return true;
}

// Beyond what is held an ArrayBuffer shows more of the slot, where somebody may have written all
// the same. To give that back costs no memory; to fill it would.
void Contents::clear(std::uint32_t slot, std::size_t held_bytes) {
  if (zero_[slot] == 1) return;
  const bool zero = slabs_.discard(slot, held_bytes) == Discarded::zero;
  slabs_.fill(slot, 0, zero ? held_bytes : std::max(held_bytes, slabs_.slot_bytes(slot)));
  zero_[slot] = 1;
}

void Contents::fill(std::uint32_t slot, std::size_t bytes) {
  CHECK(fill_on_release_.has_value());
  if (committed_[slot] == 0) return;  // its tenant never had it: the system refused
  slabs_.fill(slot, *fill_on_release_, bytes);
  zero_[slot] = 0;
}

std::optional<std::size_t> Contents::discard(std::uint32_t slot, std::size_t from) {
  const std::size_t bytes = slabs_.resident_bytes(slot, from);
  const Discarded discarded = slabs_.discard(slot, from);  // even if none: swapped out is not seen
  if (discarded == Discarded::refused) return std::nullopt;
  if (from == 0 && discarded == Discarded::zero) zero_[slot] = 1;
  return bytes;
}

Backing Contents::back_by_file(std::uint32_t slot, const std::string& directory) {
  const Backing backing = slabs_.back_by_file(slot, directory.c_str());
  if (backing == Backing::ok) {
    zero_[slot] = 1;
    committed_[slot] = 1;
  }
  return backing;
}

bool Contents::back_by_memory(std::uint32_t slot) {
  if (!slabs_.back_by_memory(slot)) return false;
  zero_[slot] = 1;
  // At once: somebody may still reach it who should not, and is to read zeros.
  committed_[slot] = slabs_.commit(slot) ? 1 : 0;
  return true;
}

}  // namespace pixelpool
