#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "slabs.h"

namespace pixelpool {

struct ContentsOptions {
  bool clear;                                   // a leased slot reads as zero
  std::optional<std::uint8_t> fill_on_release;  // what an ended tenancy leaves behind
};

// What is in the slots' memory between tenancies, and whether there may be any. It belongs to who
// holds the slot: there is no lock here, and no method is called for a slot that somebody else
// holds.
class Contents {
 public:
  Contents(Slabs slabs, const ContentsOptions& options, bool committed);

  // As a tenant of so many bytes is to find it. False where the system will not promise the memory.
  [[nodiscard]] bool prepare(std::uint32_t slot, std::size_t used_bytes);
  // Makes it read as zero, of which so many bytes may be in memory.
  void clear(std::uint32_t slot, std::size_t held_bytes);
  // Of a free slot, or one's own.
  [[nodiscard]] bool is_to_be_cleared(std::uint32_t slot) const {
    return clear_ && zero_[slot] == 0;
  }
  [[nodiscard]] bool is_filled_on_release() const { return fill_on_release_.has_value(); }
  void fill(std::uint32_t slot, std::size_t bytes);

  // Gives the slot's memory from an offset on back to the system: how much was in memory, or
  // nothing where it is still held.
  [[nodiscard]] std::optional<std::size_t> discard(std::uint32_t slot, std::size_t from);
  [[nodiscard]] Backing back_by_file(std::uint32_t slot, const std::string& directory);
  [[nodiscard]] bool back_by_memory(std::uint32_t slot);

  [[nodiscard]] const Slabs& slabs() const { return slabs_; }
  void abandon() { slabs_.abandon(); }

 private:
  const bool clear_;
  const std::optional<std::uint8_t> fill_on_release_;
  Slabs slabs_;
  // By slot, 1 or 0; no vector<bool>, whose neighbours threads could not write at once.
  std::vector<std::uint8_t> zero_;  // reads as zero
  std::vector<std::uint8_t> committed_;
};

}  // namespace pixelpool
