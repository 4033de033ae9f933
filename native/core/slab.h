#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "pages.h"

namespace pixelpool {

// One mapping cut into equal slots. Arithmetic only: who holds a slot is the business of Slots.
//
//   |<------- stride ------->|<------- stride ------->|
//   |<-- slot_bytes -->|.....|<-- slot_bytes -->|.....|
//   ^ a page boundary        ^ a page boundary: a slot given back never reaches its neighbour
//
// Invariant: stride_bytes % Pages::page_bytes() == 0 and slot_bytes <= stride_bytes.
class Slab {
 public:
  // Empty when the sizes overflow or the system refuses.
  [[nodiscard]] static std::optional<Slab> create(std::size_t slot_bytes, std::uint32_t slot_count,
                                                  bool huge_pages);

  // What a user of the slot may see, from a page boundary on.
  [[nodiscard]] std::byte* start(std::uint32_t slot) const;
  [[nodiscard]] std::size_t slot_bytes() const { return slot_bytes_; }

  void fill(std::uint32_t slot, std::uint8_t value);

  // Gives the slot's pages back. True when it reads as zero afterwards.
  bool discard(std::uint32_t slot);

  [[nodiscard]] std::size_t resident_bytes(std::uint32_t slot) const;
  [[nodiscard]] std::size_t resident_bytes() const;
  [[nodiscard]] std::size_t reserved_bytes() const { return pages_.bytes(); }

  // The addresses stay taken for the rest of the process; the memory is still given back.
  void abandon() { pages_.abandon(); }

 private:
  Slab(Pages pages, std::size_t slot_bytes, std::size_t stride_bytes);

  Pages pages_;
  std::size_t slot_bytes_;
  std::size_t stride_bytes_;
};

}  // namespace pixelpool
