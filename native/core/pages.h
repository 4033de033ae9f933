#pragma once

#include <cstddef>
#include <optional>

namespace pixelpool {

// A range of this process' address space, and what the system can do with its pages. Everything
// that differs between operating systems is in pages_<os>.cc, one file each, and nowhere else.
//
// reserved --commit--> readable and writable, all zero, no memory used until written
//                      --discard--> the same again
//
// Every offset and size given to a method is a multiple of page_bytes().
class Pages {
 public:
  // The size that a huge page has where the system has them; ranges start on a multiple of it.
  static constexpr std::size_t huge_bytes = std::size_t{2} * 1024 * 1024;

  // The system's own page size: 4096 on most, 16384 on Apple silicon.
  static std::size_t page_bytes();

  // Takes address space only. Empty when the system refuses.
  [[nodiscard]] static std::optional<Pages> reserve(std::size_t bytes);

  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&&) = delete;
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages();  // unmaps, unless abandoned

  // False when the system will not promise that much memory.
  [[nodiscard]] bool commit(std::size_t offset, std::size_t bytes);

  // Asks for huge pages; the system may ignore it.
  void prefer_huge(std::size_t offset, std::size_t bytes);

  // Gives the memory back and keeps the addresses. True when the range reads as zero afterwards.
  bool discard(std::size_t offset, std::size_t bytes);

  // Bytes of the range that are in memory now: an upper estimate where the system cannot tell its
  // shared zero page from a written one.
  [[nodiscard]] std::size_t resident_bytes(std::size_t offset, std::size_t bytes) const;

  // From now on the addresses outlive this object: the destructor gives back memory only.
  void abandon() { abandoned_ = true; }

  [[nodiscard]] std::byte* start() const { return start_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  Pages(std::byte* start, std::size_t bytes) : start_(start), bytes_(bytes) {}
  void unmap();

  std::byte* start_;
  std::size_t bytes_;
  bool abandoned_ = false;
};

}  // namespace pixelpool
