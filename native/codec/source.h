#pragma once

#include <memory>

#include "file.h"
#include "image.h"
#include "request.h"

namespace pixelpool {

// What an image is read from: by descriptor or by memory, never by a name that libvips would parse
// for options. One for all the loads of a job.
class Source {
 public:
  Source() = default;  // of nothing
  Source(Source&&) = default;
  Source& operator=(Source&&) = default;
  // libvips' cache of operations may keep its part for long after us: the file is closed here.
  ~Source();

  // False when the file cannot be read.
  [[nodiscard]] static bool open(const Libvips& vips, const Input& input, Source& source);

  [[nodiscard]] VipsSource* get() const { return source_.get(); }

 private:
  std::unique_ptr<VipsSource, Unref> source_;
  std::shared_ptr<File> file_;  // null where the image is in memory
};

}  // namespace pixelpool
