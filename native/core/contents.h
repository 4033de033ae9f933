#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "slab.h"

namespace pixelpool {

struct ContentsOptions {
  bool clear_on_acquire;                        // a leased slot reads as zero
  std::optional<std::uint8_t> fill_on_release;  // what an ended tenancy leaves behind
};

// What is in the slots' memory between tenancies. A slot's memory belongs to who holds the slot:
// there is no lock here, and no method is called for a slot that somebody else holds.
class Contents {
 public:
  Contents(Slab slab, std::uint32_t slot_count, const ContentsOptions& options);

  // As a new tenant is to find it.
  void prepare(std::uint32_t slot);
  [[nodiscard]] bool is_filled_on_release() const { return fill_on_release_.has_value(); }
  void fill(std::uint32_t slot);
  // Gives the slot's memory back to the system; answers how many bytes that were.
  std::size_t discard(std::uint32_t slot);

  [[nodiscard]] const Slab& slab() const { return slab_; }
  void abandon() { slab_.abandon(); }

 private:
  const bool clear_on_acquire_;
  const std::optional<std::uint8_t> fill_on_release_;
  Slab slab_;
  std::vector<std::uint8_t> zero_;  // by slot: 1 when it reads as zero
};

}  // namespace pixelpool
