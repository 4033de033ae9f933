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
  // Empty when the sizes overflow or the system refuses. Its slots are to be committed.
  [[nodiscard]] static std::optional<Slab> create(std::size_t slot_bytes, std::uint32_t slot_count,
                                                  bool huge_pages);

  // Reads and writes are allowed. False where the system will not promise the memory.
  [[nodiscard]] bool commit_all() { return pages_.commit(0, pages_.bytes()); }
  [[nodiscard]] bool commit(std::uint32_t slot);

  // What a user of the slot may see, from a page boundary on.
  [[nodiscard]] std::byte* start(std::uint32_t slot) const;
  [[nodiscard]] std::size_t slot_bytes() const { return cut_.slot_bytes; }

  // What a tenant of so many bytes can make the system hold: whole pages, huge where they are.
  [[nodiscard]] std::size_t held_bytes(std::size_t bytes) const;
  [[nodiscard]] std::size_t file_bytes() const;  // of a slot in scratch

  [[nodiscard]] std::size_t whole_units(std::size_t bytes) const;

  // Of the slot's first bytes.
  void fill(std::uint32_t slot, std::uint8_t value, std::size_t bytes);

  // Gives the slot's pages back from an offset of whole pages on.
  Discarded discard(std::uint32_t slot, std::size_t from);

  // See Pages. All of the slot that anybody may see is in the file.
  [[nodiscard]] Backing back_by_file(std::uint32_t slot, const char* directory);
  [[nodiscard]] bool back_by_memory(std::uint32_t slot);

  // From an offset of whole pages on.
  [[nodiscard]] std::size_t resident_bytes(std::uint32_t slot, std::size_t from) const;
  [[nodiscard]] std::size_t reserved_bytes() const { return pages_.bytes(); }

  // The addresses stay taken for the rest of the process; the memory is still given back.
  void abandon() { pages_.abandon(); }

 private:
  struct Cut {
    std::size_t slot_bytes;
    std::size_t stride_bytes;
    std::size_t unit_bytes;  // what one touch brings into memory
    Pages::Touch touch;
  };
  [[nodiscard]] static std::optional<Cut> cut(std::size_t slot_bytes, bool huge_pages);
  Slab(Pages pages, const Cut& cut);

  Pages pages_;
  Cut cut_;
};

}  // namespace pixelpool
