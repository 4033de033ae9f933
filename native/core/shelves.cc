#include "shelves.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "check.h"

namespace pixelpool {

Shelves::Shelves(const std::vector<std::uint32_t>& class_counts, Reuse reuse)
    : reuse_(reuse),
      classes_(class_counts.size()),
      links_(std::accumulate(class_counts.begin(), class_counts.end(), std::size_t{0})) {
  std::uint32_t slot = 0;
  for (std::size_t of = 0; of < class_counts.size(); of++) {
    // The first one is leased first, so that who uses few touches the start of a slab only.
    for (const std::uint32_t end = slot + class_counts[of]; slot < end; slot++) {
      put_last(static_cast<SizeClass>(of), Shelf::cold, slot);
    }
  }
}

std::uint32_t Shelves::next(SizeClass of) const {
  CHECK(of < classes_.size());
  const Class& its_class = classes_[of];
  const bool cold_first = reuse_ == Reuse::coldest_first;
  if (cold_first && its_class[Shelf::cold].first != no_slot) return its_class[Shelf::cold].first;
  for (const Shelf shelf : {Shelf::warm, Shelf::dirty, Shelf::cold}) {
    if (its_class[shelf].first != no_slot) return its_class[shelf].first;
  }
  return no_slot;
}

std::uint32_t Shelves::next_without_memory(SizeClass of) const {
  const std::uint32_t cold = classes_[of][Shelf::cold].first;
  return cold == no_slot ? next(of) : cold;
}

std::uint32_t Shelves::last_with_memory(SizeClass of) const {
  for (const Shelf shelf : {Shelf::dirty, Shelf::warm}) {
    if (classes_[of][shelf].last != no_slot) return classes_[of][shelf].last;
  }
  return no_slot;
}

std::uint32_t Shelves::take_least_with_memory(SizeClass of) {
  Class& its_class = classes_[of];
  return std::exchange(its_class.least_with_memory, its_class.with_memory);
}

void Shelves::put(SizeClass of, Shelf shelf, std::uint32_t slot) {
  if (reuse_ == Reuse::warmest_first) {
    put_first(of, shelf, slot);
  } else {
    put_last(of, shelf, slot);
  }
}

void Shelves::put_first(SizeClass of, Shelf shelf, std::uint32_t slot) {
  Row& row = classes_[of][shelf];
  links_[slot] = {no_slot, row.first};
  (row.first == no_slot ? row.last : links_[row.first].before) = slot;
  row.first = slot;
  if (shelf != Shelf::cold) classes_[of].with_memory++;
}

void Shelves::put_last(SizeClass of, Shelf shelf, std::uint32_t slot) {
  Row& row = classes_[of][shelf];
  links_[slot] = {row.last, no_slot};
  (row.last == no_slot ? row.first : links_[row.last].after) = slot;
  row.last = slot;
  if (shelf != Shelf::cold) classes_[of].with_memory++;
}

void Shelves::take(SizeClass of, Shelf shelf, std::uint32_t slot) {
  Class& its_class = classes_[of];
  Row& row = its_class[shelf];
  const Link& link = links_[slot];
  (link.before == no_slot ? row.first : links_[link.before].after) = link.after;
  (link.after == no_slot ? row.last : links_[link.after].before) = link.before;
  if (shelf == Shelf::cold) return;
  its_class.with_memory--;
  its_class.least_with_memory = std::min(its_class.least_with_memory, its_class.with_memory);
}

}  // namespace pixelpool
