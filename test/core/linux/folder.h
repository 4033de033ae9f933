#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "pages.h"

// A directory of a test's own, below build/, which a real disk has.
class Folder {
 public:
  Folder() {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Folder() { rmdir(path_.c_str()); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // Whether files without a name are refused here; the test then says that it was skipped.
  [[nodiscard]] bool refuses_files() const {
    const auto backing = pixelpool::Pages::try_file(path_.c_str());
    if (backing == pixelpool::Backing::ok) return false;
    std::printf("    skipped: %s takes no file without a name\n", path_.c_str());
    return true;
  }

 private:
  std::string path_ = "build/core-tests/scratch-XXXXXX";
};
