#define PSAPI_VERSION 2  // QueryWorkingSetEx from kernel32
#include <windows.h>
// windows.h must come before the headers that build on it.
#include <psapi.h>

#include <algorithm>
#include <array>

#include "check.h"
#include "pages.h"

// Written to the documentation of VirtualAlloc, DiscardVirtualMemory and QueryWorkingSetEx;
// compiled with mingw-w64, not yet run on Windows.

namespace pixelpool {

std::size_t Pages::page_bytes() {
  static const std::size_t bytes = [] {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return static_cast<std::size_t>(info.dwPageSize);
  }();
  return bytes;
}

std::optional<Pages> Pages::reserve(std::size_t bytes) {
  CHECK(bytes > 0);
  CHECK(bytes % page_bytes() == 0);
  void* const start = VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS);
  if (start == nullptr) return std::nullopt;
  return Pages(static_cast<std::byte*>(start), bytes);
}

void Pages::unmap() {
  VirtualFree(start_, 0, MEM_RELEASE);
}

bool Pages::commit(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  return VirtualAlloc(start_ + offset, bytes, MEM_COMMIT, PAGE_READWRITE) != nullptr;
}

// Large pages need a privilege that an ordinary process does not have.
void Pages::advise(std::size_t, std::size_t, Touch) {}

// MEM_DECOMMIT would read as zero but may fail to come back; this cannot fail later. What it
// reads as afterwards is not defined.
Discarded Pages::discard(std::size_t offset, std::size_t bytes) {
  CHECK(offset + bytes <= bytes_);
  const DWORD error = DiscardVirtualMemory(start_ + offset, bytes);
  return error == ERROR_SUCCESS ? Discarded::unknown : Discarded::refused;
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
  std::array<PSAPI_WORKING_SET_EX_INFORMATION, 512> in_memory;  // one a page
  const std::size_t page = page_bytes();
  const std::size_t step = in_memory.size() * page;
  std::size_t resident = 0;
  for (std::size_t at = offset; at < offset + bytes; at += step) {
    const std::size_t count = std::min(step, offset + bytes - at) / page;
    for (std::size_t i = 0; i < count; i++) in_memory[i].VirtualAddress = start_ + at + i * page;
    const auto size = static_cast<DWORD>(count * sizeof(in_memory[0]));
    if (!QueryWorkingSetEx(GetCurrentProcess(), in_memory.data(), size)) return bytes;
    resident += static_cast<std::size_t>(
        std::count_if(in_memory.begin(), in_memory.begin() + static_cast<std::ptrdiff_t>(count),
                      [](const auto& info) { return info.VirtualAttributes.Valid != 0; }));
  }
  return resident * page;
}

}  // namespace pixelpool
