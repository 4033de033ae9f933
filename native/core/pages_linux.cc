#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "check.h"
#include "pages.h"
#include "sizes.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41  // linux/prctl.h, Linux 5.17
#define PR_SET_VMA_ANON_NAME 0
#endif

namespace pixelpool {

std::size_t Pages::page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::optional<Pages> Pages::reserve(std::size_t bytes) {
  CHECK(bytes > 0);
  CHECK(bytes % page_bytes() == 0);
  // mmap aligns to small pages only: take one huge page more and cut off both ends.
  if (bytes > SIZE_MAX - huge_bytes) return std::nullopt;
  const std::size_t wide_bytes = bytes + huge_bytes;
  void* const wide = mmap(nullptr, wide_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (wide == MAP_FAILED) return std::nullopt;

  const auto address = reinterpret_cast<std::uintptr_t>(wide);
  const std::size_t before = (huge_bytes - address % huge_bytes) % huge_bytes;
  const std::size_t after = wide_bytes - before - bytes;
  auto* const start = static_cast<std::byte*>(wide) + before;
  if (before > 0) munmap(wide, before);
  if (after > 0) munmap(start + bytes, after);
  return Pages(start, bytes);
}

void Pages::unmap() {
  munmap(start_, bytes_);
}

bool Pages::commit(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  std::byte* const start = start_ + offset;
  if (mprotect(start, bytes, PROT_READ | PROT_WRITE) != 0) return false;
  // A child that forks must not pay for copies of pixels, and a core dump must not show them.
  madvise(start, bytes, MADV_DONTFORK);
  madvise(start, bytes, MADV_DONTDUMP);
  // Seen in /proc/self/smaps as [anon:pixelpool]; systems older than Linux 5.17 have no names.
  prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, bytes, "pixelpool");
  return true;
}

void Pages::prefer_huge(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  madvise(start_ + offset, bytes, MADV_HUGEPAGE);
}

bool Pages::discard(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  CHECK(offset % page_bytes() == 0);
  CHECK(bytes % page_bytes() == 0);
  return madvise(start_ + offset, bytes, MADV_DONTNEED) == 0;
}

std::size_t Pages::resident_bytes(std::size_t offset, std::size_t bytes) const {
  CHECK(offset + bytes <= bytes_);
  std::array<unsigned char, 4096> in_memory;  // one a page: 16 MiB a call
  const std::size_t step = in_memory.size() * page_bytes();
  std::size_t resident = 0;
  for (std::size_t at = offset; at < offset + bytes; at += step) {
    const std::size_t length = std::min(step, offset + bytes - at);
    if (mincore(start_ + at, length, in_memory.data()) != 0) return bytes;
    auto* const end = in_memory.data() + length / page_bytes();
    resident += static_cast<std::size_t>(
        std::count_if(in_memory.data(), end, [](unsigned char page) { return (page & 1) != 0; }));
  }
  return resident * page_bytes();
}

}  // namespace pixelpool
