#pragma once

#include <cstddef>
#include <optional>

namespace pixelpool {

// What came of putting pages into a file.
enum class Backing {
  ok,
  full,     // no space left, or more than this user may take
  refused,  // anything else
};

// What came of giving memory back.
enum class Discarded {
  zero,     // the range reads as zero
  unknown,  // or as before
  refused,  // the memory is still held
};

// A range of this process' address space, and what the system can do with its pages. Everything
// that differs between operating systems is in pages_<os>.cc, one file each, and nowhere else.
//
// reserved --commit--> readable and writable, all zero, no memory used until written
//     ^                --discard--> the same again
//     |                --back_by_file--> readable and writable, all zero, on a disk
//     '-----------------------------------back_by_memory--'
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

  // What the system may bring into memory at one touch. It may ignore the wish for huge pages.
  enum class Touch { as_system_likes, huge_page, small_page };
  void advise(std::size_t offset, std::size_t bytes, Touch touch);

  // Gives the memory back and keeps the addresses.
  Discarded discard(std::size_t offset, std::size_t bytes);

  // Puts the range into a file without a name in the directory, whose space is taken first: nothing
  // is left of it when the range goes back to memory or the process ends, however it does. Unless
  // ok, all is as before.
  [[nodiscard]] Backing back_by_file(std::size_t offset, std::size_t bytes, const char* directory);
  // Whether that could be done, with one page.
  [[nodiscard]] static Backing try_file(const char* directory);
  // The range of a file is only reserved again, and the file gone. False when the system refuses:
  // then it is still in the file.
  [[nodiscard]] bool back_by_memory(std::size_t offset, std::size_t bytes, Touch touch);

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
