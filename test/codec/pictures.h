#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "request.h"

// The pictures that pictures.mjs wrote into the folder that PIXELPOOL_TEST_PICTURES names.

using Bytes = std::vector<std::byte>;

std::string path_of(const std::string& name);
Bytes read_picture(const std::string& name);

// The names of all of them, in order.
std::vector<std::string> pictures();

inline pixelpool::Input input_of(const Bytes& bytes) {
  return {"", bytes.data(), bytes.size(), nullptr};
}

inline pixelpool::Input file_input(const std::string& name) {
  return {path_of(name), nullptr, 0, nullptr};
}

// A file for the time of a test, in a folder of our own.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void cut(std::size_t bytes) const;

 private:
  std::string path_;
};
