#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "image.h"

namespace pixelpool {

// How somebody outside follows a job and stops it, from any thread. Its atomics stand alone:
// nothing else is published with them.
class Watch {
 public:
  using OnPercent = std::function<void()>;

  // on_percent is called on whatever thread does the work, each time the percent has grown.
  explicit Watch(OnPercent on_percent) : on_percent_(std::move(on_percent)) {}
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The job ends soon; how soon is libvips' affair: a progressive JPEG is read to its end first.
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  void tell(int percent);
  [[nodiscard]] int percent() const { return percent_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_ = false;
  std::atomic<int> percent_ = 0;
  OnPercent on_percent_;
};

// While it lives, the watch follows the evaluation of one image.
class Watched {
 public:
  Watched(const Libvips& vips, VipsImage* image, Watch& watch);
  ~Watched();
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  static void on_eval(VipsImage* image, VipsProgress* progress, void* watched);

  const Libvips& vips_;
  VipsImage* const image_;
  Watch& watch_;
  unsigned long handler_;
};

}  // namespace pixelpool
