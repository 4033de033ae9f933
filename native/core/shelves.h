#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pixelpool {

// The slots of one size, by their place in the list of sizes.
using SizeClass = std::uint8_t;

// The order in which free slots are leased again.
enum class Reuse { warmest_first, coldest_first };

inline constexpr std::uint32_t no_slot = UINT32_MAX;

// Where a free slot is until then: with memory that is as its next tenant may find it, with memory
// that is to be cleared first, or without any.
enum class Shelf : std::uint8_t { warm, dirty, cold };

// The free slots of each size, in the order in which they are to be leased.
class Shelves {
 public:
  // Slots are numbered through all size classes, each with so many. All are free and cold.
  Shelves(const std::vector<std::uint32_t>& class_counts, Reuse reuse);

  // The one to lease next, or no_slot. No std::optional, which gcc builds in memory: the read after
  // the narrower writes stalled each acquire for some 10 ns.
  [[nodiscard]] std::uint32_t next(SizeClass of) const;
  // The same, of those without memory where there are any: for who needs none.
  [[nodiscard]] std::uint32_t next_without_memory(SizeClass of) const;
  // Of those with memory, the one that would be leased last, or no_slot.
  [[nodiscard]] std::uint32_t last_with_memory(SizeClass of) const;
  // How many with memory there were at least since the last call.
  [[nodiscard]] std::uint32_t take_least_with_memory(SizeClass of);

  // The slot that came last is the next one, or the last, as Reuse says.
  void put(SizeClass of, Shelf shelf, std::uint32_t slot);
  void put_last(SizeClass of, Shelf shelf, std::uint32_t slot);
  void take(SizeClass of, Shelf shelf, std::uint32_t slot);

 private:
  // A row of slots, linked in links_: each can be taken from where it is.
  struct Row {
    std::uint32_t first = no_slot;  // the next to lease
    std::uint32_t last = no_slot;
  };
  struct Link {
    std::uint32_t before = no_slot;
    std::uint32_t after = no_slot;
  };
  struct Class {
    std::array<Row, 3> rows;
    std::uint32_t with_memory = 0;  // warm and dirty ones
    std::uint32_t least_with_memory = 0;
    Row& operator[](Shelf shelf) { return rows[static_cast<std::size_t>(shelf)]; }
    const Row& operator[](Shelf shelf) const { return rows[static_cast<std::size_t>(shelf)]; }
  };
  void put_first(SizeClass of, Shelf shelf, std::uint32_t slot);

  const Reuse reuse_;
  std::vector<Class> classes_;
  std::vector<Link> links_;  // by slot
};

}  // namespace pixelpool
