#include "slabs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "check.h"

namespace pixelpool {

std::optional<Slabs> Slabs::create(const std::vector<ClassOptions>& classes) {
  CHECK(!classes.empty());
  std::vector<Slab> slabs;
  std::vector<std::uint32_t> firsts;
  std::uint32_t first = 0;
  for (const ClassOptions& each : classes) {
    auto slab = Slab::create(each.slot_bytes, each.slot_count, each.huge_pages);
    if (!slab.has_value() || !(each.commit_late || slab->commit_all())) return std::nullopt;
    slabs.push_back(std::move(*slab));
    firsts.push_back(first);
    first += each.slot_count;
  }
  return Slabs(std::move(slabs), std::move(firsts), first);
}

Slabs::Slabs(std::vector<Slab> slabs, std::vector<std::uint32_t> firsts, std::uint32_t slot_count)
    : slabs_(std::move(slabs)), firsts_(std::move(firsts)), slot_count_(slot_count) {}

std::byte* Slabs::start(std::uint32_t slot) const {
  const Place place = place_of(slot);
  return slabs_[place.slab].start(place.slot);
}

std::size_t Slabs::slot_bytes(std::uint32_t slot) const {
  return slabs_[place_of(slot).slab].slot_bytes();
}

std::size_t Slabs::whole_units(std::uint32_t slot, std::size_t bytes) const {
  return slabs_[place_of(slot).slab].whole_units(bytes);
}

bool Slabs::commit(std::uint32_t slot) {
  const Place place = place_of(slot);
  return slabs_[place.slab].commit(place.slot);
}

void Slabs::fill(std::uint32_t slot, std::uint8_t value, std::size_t bytes) {
  const Place place = place_of(slot);
  slabs_[place.slab].fill(place.slot, value, bytes);
}

Discarded Slabs::discard(std::uint32_t slot, std::size_t from) {
  const Place place = place_of(slot);
  return slabs_[place.slab].discard(place.slot, from);
}

Backing Slabs::back_by_file(std::uint32_t slot, const char* directory) {
  const Place place = place_of(slot);
  return slabs_[place.slab].back_by_file(place.slot, directory);
}

bool Slabs::back_by_memory(std::uint32_t slot) {
  const Place place = place_of(slot);
  return slabs_[place.slab].back_by_memory(place.slot);
}

std::size_t Slabs::resident_bytes(std::uint32_t slot, std::size_t from) const {
  const Place place = place_of(slot);
  return slabs_[place.slab].resident_bytes(place.slot, from);
}

std::size_t Slabs::reserved_bytes() const {
  std::size_t bytes = 0;
  for (const Slab& slab : slabs_) bytes += slab.reserved_bytes();
  return bytes;
}

void Slabs::abandon() {
  for (Slab& slab : slabs_) slab.abandon();
}

Slabs::Place Slabs::place_of(std::uint32_t slot) const {
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), slot);
  const auto slab = static_cast<std::size_t>(std::distance(firsts_.begin(), after)) - 1;
  return {slab, slot - firsts_[slab]};
}

}  // namespace pixelpool
