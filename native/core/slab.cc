#include "slab.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "check.h"
#include "sizes.h"

namespace pixelpool {
namespace {

// Slots below this stay in small pages: one touch of a huge page would hold many slots' memory.
constexpr std::size_t huge_slot_bytes = std::size_t{1024} * 1024;

// Rounding a slot up to whole huge pages makes its first touch 4 times cheaper than huge pages
// with a ragged end (1080p RGBA: 0.42 against 0.99 ms), so a little address space buys it.
constexpr std::size_t huge_waste_divisor = 8;

}  // namespace

std::optional<Slab::Cut> Slab::cut(std::size_t slot_bytes, bool huge_pages) {
  const auto huge = round_up(slot_bytes, Pages::huge_bytes);
  const auto small = round_up(slot_bytes, Pages::page_bytes());
  if (!huge.has_value() || !small.has_value()) return std::nullopt;
  if (!huge_pages) {
    return Cut{slot_bytes, *small, Pages::page_bytes(), Pages::Touch::small_page};
  }
  if (slot_bytes < huge_slot_bytes) {
    return Cut{slot_bytes, *small, Pages::page_bytes(), Pages::Touch::as_system_likes};
  }
  if (*huge - slot_bytes > slot_bytes / huge_waste_divisor) {
    return Cut{slot_bytes, *small, Pages::page_bytes(), Pages::Touch::huge_page};
  }
  return Cut{slot_bytes, *huge, Pages::huge_bytes, Pages::Touch::huge_page};
}

std::optional<Slab> Slab::create(std::size_t slot_bytes, std::uint32_t slot_count,
                                 bool huge_pages) {
  CHECK(slot_bytes > 0);
  CHECK(slot_count > 0);
  const auto cut = Slab::cut(slot_bytes, huge_pages);
  if (!cut.has_value()) return std::nullopt;
  const auto bytes = multiply(cut->stride_bytes, slot_count);
  if (!bytes.has_value()) return std::nullopt;

  auto pages = Pages::reserve(*bytes);
  if (!pages.has_value()) return std::nullopt;
  pages->advise(0, *bytes, cut->touch);
  return Slab(std::move(*pages), *cut);
}

Slab::Slab(Pages pages, const Cut& cut) : pages_(std::move(pages)), cut_(cut) {}

std::byte* Slab::start(std::uint32_t slot) const {
  CHECK(slot < pages_.bytes() / cut_.stride_bytes);
  return pages_.start() + slot * cut_.stride_bytes;
}

std::size_t Slab::held_bytes(std::size_t bytes) const {
  CHECK(bytes <= cut_.slot_bytes);
  return std::min(cut_.stride_bytes, whole_units(bytes));
}

std::size_t Slab::whole_units(std::size_t bytes) const {
  return (bytes + cut_.unit_bytes - 1) & ~(cut_.unit_bytes - 1);  // a power of two
}

void Slab::fill(std::uint32_t slot, std::uint8_t value, std::size_t bytes) {
  CHECK(bytes <= cut_.stride_bytes);
  std::memset(start(slot), value, bytes);
}

bool Slab::commit(std::uint32_t slot) {
  return pages_.commit(slot * cut_.stride_bytes, cut_.stride_bytes);
}

Discarded Slab::discard(std::uint32_t slot, std::size_t from) {
  CHECK(from <= cut_.stride_bytes);
  const std::size_t bytes = cut_.stride_bytes - from;
  if (bytes == 0) return Discarded::zero;
  return pages_.discard(slot * cut_.stride_bytes + from, bytes);
}

std::size_t Slab::file_bytes() const {
  return std::min(cut_.stride_bytes, *round_up(cut_.slot_bytes, Pages::page_bytes()));
}

Backing Slab::back_by_file(std::uint32_t slot, const char* directory) {
  return pages_.back_by_file(slot * cut_.stride_bytes, file_bytes(), directory);
}

bool Slab::back_by_memory(std::uint32_t slot) {
  return pages_.back_by_memory(slot * cut_.stride_bytes, cut_.stride_bytes, cut_.touch);
}

std::size_t Slab::resident_bytes(std::uint32_t slot, std::size_t from) const {
  return pages_.resident_bytes(slot * cut_.stride_bytes + from, cut_.stride_bytes - from);
}

}  // namespace pixelpool
