#pragma once

#include <string>

#include "libvips.h"

namespace pixelpool {

// Lives as long as one job on one thread; its end gives back what libvips keeps for the thread.
class LibvipsJob {
 public:
  explicit LibvipsJob(const Libvips& vips) : vips_(vips) {}
  ~LibvipsJob();
  LibvipsJob(const LibvipsJob&) = delete;
  LibvipsJob& operator=(const LibvipsJob&) = delete;

  // libvips' own words on what went wrong, in one line. The process has one store of them, so that
  // another thread's may be among them.
  [[nodiscard]] std::string message() const;

 private:
  const Libvips& vips_;
};

// Empties libvips' cache of operations, which is one for the process and sharp's too, and leaves
// its size as it was. Thread-safe.
void drop_cache(const Libvips& vips);

}  // namespace pixelpool
