#include "shelves.h"

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr SizeClass small = 0;
constexpr SizeClass large = 1;

std::uint32_t take_next(Shelves& shelves, Shelf shelf) {
  const auto slot = shelves.next(small);
  EXPECT(slot != no_slot);
  if (slot == no_slot) return UINT32_MAX;
  shelves.take(small, shelf, slot);
  return slot;
}

// All slots of the small size, taken from where they are at first.
Shelves emptied(std::uint32_t count, Reuse reuse) {
  Shelves shelves({count, 1}, reuse);
  for (std::uint32_t slot = 0; slot < count; slot++) shelves.take(small, Shelf::cold, slot);
  EXPECT(shelves.next(small) == no_slot);
  return shelves;
}

}  // namespace

TEST("slots without memory are leased from the first of their size on") {
  Shelves shelves({2, 3}, Reuse::warmest_first);
  EXPECT(shelves.next(large) == 2u);
  EXPECT(take_next(shelves, Shelf::cold) == 0);
  EXPECT(take_next(shelves, Shelf::cold) == 1);
  EXPECT(shelves.next(small) == no_slot);
  EXPECT(shelves.next(large) == 2u);
}

TEST("warm slots come first, then dirty ones, then those without memory") {
  Shelves shelves = emptied(3, Reuse::warmest_first);
  shelves.put(small, Shelf::cold, 0);
  shelves.put(small, Shelf::dirty, 1);
  shelves.put(small, Shelf::warm, 2);
  EXPECT(take_next(shelves, Shelf::warm) == 2);
  EXPECT(take_next(shelves, Shelf::dirty) == 1);
  EXPECT(take_next(shelves, Shelf::cold) == 0);
}

TEST("of the slots on a shelf the last one put is the next") {
  Shelves shelves = emptied(4, Reuse::warmest_first);
  shelves.put(small, Shelf::warm, 0);
  shelves.put(small, Shelf::warm, 1);
  shelves.put_last(small, Shelf::warm, 2);
  EXPECT(take_next(shelves, Shelf::warm) == 1);
  EXPECT(take_next(shelves, Shelf::warm) == 0);
  EXPECT(take_next(shelves, Shelf::warm) == 2);
  shelves.put(small, Shelf::cold, 3);
  shelves.put(small, Shelf::cold, 0);
  EXPECT(take_next(shelves, Shelf::cold) == 0);
}

TEST("with coldest_first the slot put last is leased last") {
  Shelves shelves = emptied(4, Reuse::coldest_first);
  shelves.put(small, Shelf::warm, 0);
  shelves.put(small, Shelf::warm, 1);
  shelves.put(small, Shelf::dirty, 2);
  shelves.put(small, Shelf::cold, 3);
  EXPECT(take_next(shelves, Shelf::cold) == 3);
  EXPECT(take_next(shelves, Shelf::warm) == 0);
  EXPECT(take_next(shelves, Shelf::warm) == 1);
  EXPECT(take_next(shelves, Shelf::dirty) == 2);
}

TEST("the last slot with memory is the one that would be leased last") {
  Shelves shelves = emptied(4, Reuse::warmest_first);
  shelves.put(small, Shelf::cold, 3);
  EXPECT(shelves.last_with_memory(small) == no_slot);
  shelves.put(small, Shelf::warm, 0);
  shelves.put(small, Shelf::warm, 1);
  EXPECT(shelves.last_with_memory(small) == 0u);
  shelves.put(small, Shelf::dirty, 2);
  EXPECT(shelves.last_with_memory(small) == 2u);
}

TEST("the least number of slots with memory is of the time since it was last asked for") {
  Shelves shelves = emptied(4, Reuse::warmest_first);
  EXPECT(shelves.take_least_with_memory(small) == 0);
  shelves.put(small, Shelf::warm, 0);
  shelves.put(small, Shelf::warm, 1);
  shelves.put(small, Shelf::dirty, 2);
  EXPECT(shelves.take_least_with_memory(small) == 0);  // as it was at first
  EXPECT(shelves.take_least_with_memory(small) == 3);
  shelves.take(small, Shelf::warm, 1);
  shelves.take(small, Shelf::dirty, 2);
  shelves.put(small, Shelf::warm, 1);
  EXPECT(shelves.take_least_with_memory(small) == 1);
  EXPECT(shelves.take_least_with_memory(small) == 2);
  shelves.put(small, Shelf::cold, 3);
  shelves.take(small, Shelf::cold, 3);
  EXPECT(shelves.take_least_with_memory(small) == 2);
  EXPECT(shelves.take_least_with_memory(large) == 0);
}
