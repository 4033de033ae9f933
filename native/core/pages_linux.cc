#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "check.h"
#include "pages.h"
#include "sizes.h"

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24  // linux/mman.h, Linux 5.18
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41  // linux/prctl.h, Linux 5.17
#define PR_SET_VMA_ANON_NAME 0
#endif

namespace pixelpool {
namespace {

constexpr int reserved = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

// A child that forks must not pay for copies of pixels, and a core dump must not show them.
void keep_private(std::byte* start, std::size_t bytes) {
  madvise(start, bytes, MADV_DONTFORK);
  madvise(start, bytes, MADV_DONTDUMP);
}

// Seen in /proc/self/smaps as [anon:pixelpool]; systems older than Linux 5.17 have no names.
void name(std::byte* start, std::size_t bytes) {
  prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, bytes, "pixelpool");
}

// A nameless file with so many bytes of space, or -1: errno says why.
int open_file(const char* directory, std::size_t bytes) {
  rlimit most{};
  if (getrlimit(RLIMIT_FSIZE, &most) == 0 && bytes > most.rlim_cur) {
    errno = EFBIG;  // to be asked first: the system would send a signal that ends the process
    return -1;
  }
  const int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  // With signals put off: tmpfs gives up at each one, and a profiler sends them all the time.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = fallocate(file, 0, 0, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error == 0) return file;
  close(file);
  errno = error;
  return -1;
}

Backing why(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG ? Backing::full : Backing::refused;
}

}  // namespace

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
  void* const wide = mmap(nullptr, wide_bytes, PROT_NONE, reserved, -1, 0);
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
  keep_private(start, bytes);
  name(start, bytes);
  return true;
}

void Pages::advise(std::size_t offset, std::size_t bytes, Touch touch) {
  CHECK(offset + bytes <= bytes_);
  if (touch == Touch::huge_page) madvise(start_ + offset, bytes, MADV_HUGEPAGE);
  if (touch == Touch::small_page) madvise(start_ + offset, bytes, MADV_NOHUGEPAGE);
}

Discarded Pages::discard(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  CHECK(offset % page_bytes() == 0);
  CHECK(bytes % page_bytes() == 0);
  std::byte* const start = start_ + offset;
  if (madvise(start, bytes, MADV_DONTNEED) == 0) return Discarded::zero;
  // Refused for memory that somebody locked, as mlockall() does with all there is.
  const bool done = errno == EINVAL && madvise(start, bytes, MADV_DONTNEED_LOCKED) == 0;
  return done ? Discarded::zero : Discarded::refused;
}

Backing Pages::back_by_file(std::size_t offset, std::size_t bytes, const char* directory) {
  CHECK(offset + bytes <= bytes_);
  const int file = open_file(directory, bytes);
  if (file < 0) return why(errno);
  // Somewhere else first: a mapping that fails at our addresses could leave nothing behind there.
  constexpr int access = PROT_READ | PROT_WRITE;
  void* const trial = mmap(nullptr, bytes, access, MAP_SHARED, file, 0);
  std::byte* const start = start_ + offset;
  const bool mapped = trial != MAP_FAILED &&
                      mmap(start, bytes, access, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED;
  if (trial != MAP_FAILED) munmap(trial, bytes);
  close(file);
  if (!mapped) return Backing::refused;
  keep_private(start, bytes);
  return Backing::ok;
}

Backing Pages::try_file(const char* directory) {
  const int file = open_file(directory, page_bytes());
  if (file < 0) return why(errno);
  close(file);
  return Backing::ok;
}

bool Pages::back_by_memory(std::size_t offset, std::size_t bytes, Touch touch) {
  CHECK(offset + bytes <= bytes_);
  std::byte* const start = start_ + offset;
  // Without access, so that the system has nothing to promise that it could refuse.
  if (mmap(start, bytes, PROT_NONE, reserved | MAP_FIXED, -1, 0) == MAP_FAILED) return false;
  advise(offset, bytes, touch);
  return true;
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
