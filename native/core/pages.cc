#include "pages.h"

#include <utility>

namespace pixelpool {

Pages::Pages(Pages&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)),
      bytes_(other.bytes_),
      abandoned_(other.abandoned_) {}

Pages::~Pages() {
  if (start_ == nullptr) return;
  if (abandoned_) {
    discard(0, bytes_);
  } else {
    unmap();
  }
}

}  // namespace pixelpool
