#include <mach/vm_inherit.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "check.h"
#include "pages.h"

// Written to the manual pages of mmap(2), minherit(2) and mincore(2); not yet run on a Mac.

namespace pixelpool {

std::size_t Pages::page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::optional<Pages> Pages::reserve(std::size_t bytes) {
  CHECK(bytes > 0);
  CHECK(bytes % page_bytes() == 0);
  void* const start = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (start == MAP_FAILED) return std::nullopt;
  return Pages(static_cast<std::byte*>(start), bytes);
}

void Pages::unmap() {
  munmap(start_, bytes_);
}

bool Pages::commit(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  std::byte* const start = start_ + offset;
  if (mprotect(start, bytes, PROT_READ | PROT_WRITE) != 0) return false;
  minherit(start, bytes, VM_INHERIT_NONE);
  return true;
}

// macOS gives an ordinary process no huge pages for anonymous memory.
void Pages::advise(std::size_t, std::size_t, Touch) {}

// A fresh mapping over the old one: madvise(MADV_FREE) would leave the old pixels readable.
Discarded Pages::discard(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  void* const fresh = mmap(start_ + offset, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
  if (fresh == MAP_FAILED) return Discarded::refused;
  minherit(start_ + offset, bytes, VM_INHERIT_NONE);
  return Discarded::zero;
}

// Scratch needs files without a name whose space can be taken beforehand: Linux has them.
Backing Pages::back_by_file(std::size_t, std::size_t, const char*) {
  return Backing::refused;
}

Backing Pages::try_file(const char*) {
  return Backing::refused;
}

bool Pages::back_by_memory(std::size_t, std::size_t, Touch) {
  return false;
}

std::size_t Pages::resident_bytes(std::size_t offset, std::size_t bytes) const {
  CHECK(offset + bytes <= bytes_);
  std::array<char, 4096> in_memory;  // one a page
  const std::size_t step = in_memory.size() * page_bytes();
  std::size_t resident = 0;
  for (std::size_t at = offset; at < offset + bytes; at += step) {
    const std::size_t length = std::min(step, offset + bytes - at);
    if (mincore(start_ + at, length, in_memory.data()) != 0) return bytes;
    auto* const end = in_memory.data() + length / page_bytes();
    resident += static_cast<std::size_t>(std::count_if(
        in_memory.data(), end, [](char page) { return (page & MINCORE_INCORE) != 0; }));
  }
  return resident * page_bytes();
}

}  // namespace pixelpool
