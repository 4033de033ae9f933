#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "slab.h"

namespace pixelpool {

// What the slots of one size class are to be: how many, and how large.
struct ClassOptions {
  std::size_t slot_bytes;
  std::uint32_t slot_count;
  bool huge_pages;   // where they do not waste too much
  bool commit_late;  // slot by slot, before its first tenant; else all at once
};

// One slab for each size class, with the slots numbered through all of them.
class Slabs {
 public:
  // Empty when the sizes overflow or the system refuses.
  [[nodiscard]] static std::optional<Slabs> create(const std::vector<ClassOptions>& classes);

  [[nodiscard]] std::uint32_t slot_count() const { return slot_count_; }
  [[nodiscard]] std::byte* start(std::uint32_t slot) const;
  [[nodiscard]] std::size_t slot_bytes(std::uint32_t slot) const;
  // Of the slots of one class.
  [[nodiscard]] std::size_t held_bytes(std::size_t size_class, std::size_t bytes) const {
    return slabs_[size_class].held_bytes(bytes);
  }

  // So many bytes in whole units of what a touch of the slot brings into memory.
  [[nodiscard]] std::size_t whole_units(std::uint32_t slot, std::size_t bytes) const;

  [[nodiscard]] std::size_t file_bytes(std::size_t size_class) const {
    return slabs_[size_class].file_bytes();
  }

  // See Slab.
  [[nodiscard]] bool commit(std::uint32_t slot);
  void fill(std::uint32_t slot, std::uint8_t value, std::size_t bytes);
  Discarded discard(std::uint32_t slot, std::size_t from);
  [[nodiscard]] Backing back_by_file(std::uint32_t slot, const char* directory);
  [[nodiscard]] bool back_by_memory(std::uint32_t slot);

  [[nodiscard]] std::size_t resident_bytes(std::uint32_t slot, std::size_t from) const;
  [[nodiscard]] std::size_t reserved_bytes() const;
  void abandon();

 private:
  struct Place {
    std::size_t slab;
    std::uint32_t slot;  // in that slab
  };
  Slabs(std::vector<Slab> slabs, std::vector<std::uint32_t> firsts, std::uint32_t slot_count);
  [[nodiscard]] Place place_of(std::uint32_t slot) const;

  std::vector<Slab> slabs_;
  std::vector<std::uint32_t> firsts_;  // the number of each slab's first slot, ascending
  std::uint32_t slot_count_;
};

}  // namespace pixelpool
