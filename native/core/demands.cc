#include "demands.h"

#include <algorithm>

namespace pixelpool {

void Demands::begin(SizeClass of, std::size_t asked_bytes, std::size_t bytes) {
  SizeDemand& size = sizes_[of];
  size.tenancies++;
  size.largest_bytes = std::max(size.largest_bytes, asked_bytes);
  size.at_once++;
  size.at_once_peak = std::max(size.at_once_peak, size.at_once);
  in_use_ += bytes;
  peak_ = std::max(peak_, in_use_);
}

void Demands::end(SizeClass of, std::size_t bytes) {
  sizes_[of].at_once--;
  in_use_ -= bytes;
}

void Demands::refuse(SizeClass of, std::size_t asked_bytes, const Waiting& waiting) {
  SizeDemand& size = sizes_[of];
  size.largest_bytes = std::max(size.largest_bytes, asked_bytes);
  size.at_once_peak = std::max(size.at_once_peak, size.at_once + waiting.slots);
  peak_ = std::max(peak_, in_use_ + waiting.bytes);
}

}  // namespace pixelpool
