#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pixelpool {

// A regular file that is read. Never mapped into memory: libvips maps the files that it opens by
// name, and whoever truncates one meanwhile kills the process (SIGBUS). One .cc a kind of system.
class File {
 public:
  // Null when there is no such file, it cannot be read, or it is not a regular one.
  [[nodiscard]] static std::shared_ptr<File> open(const std::string& path);  // UTF-8
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // As read(2) and lseek(2); -1 for every failure, and after close().
  [[nodiscard]] std::int64_t read(void* target, std::size_t bytes) const;
  [[nodiscard]] std::int64_t seek(std::int64_t offset, int whence) const;
  void close();

 private:
  explicit File(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // -1 when closed
};

}  // namespace pixelpool
