#include "pictures.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace {

std::string folder() {
  const char* const named = std::getenv("PIXELPOOL_TEST_PICTURES");
  return named == nullptr ? "build/codec-tests/pictures" : named;
}

}  // namespace

std::string path_of(const std::string& name) {
  return folder() + "/" + name;
}

Bytes read_picture(const std::string& name) {
  std::FILE* const file = std::fopen(path_of(name).c_str(), "rb");
  if (file == nullptr) {
    std::printf("there is no picture %s\n", path_of(name).c_str());
    std::exit(2);
  }
  Bytes bytes(std::filesystem::file_size(path_of(name)));
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
  std::fclose(file);
  return bytes;
}

std::vector<std::string> pictures() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TemporaryFile::TemporaryFile(const Bytes& content) : path_("/tmp/pixelpool-codec-XXXXXX") {
  const int descriptor = mkstemp(path_.data());
  const auto written = write(descriptor, content.data(), content.size());
  if (written != static_cast<ssize_t>(content.size())) std::abort();
  close(descriptor);
}

TemporaryFile::~TemporaryFile() {
  unlink(path_.c_str());
}

void TemporaryFile::cut(std::size_t bytes) const {
  if (truncate(path_.c_str(), static_cast<off_t>(bytes)) != 0) std::abort();
}
