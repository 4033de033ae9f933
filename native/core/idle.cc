#include "idle.h"

#include <algorithm>

namespace pixelpool {

Idle::Idle(const IdleOptions& options, std::size_t class_count)
    : options_(options), classes_(class_count) {}

bool Idle::begin_look(Time now) {
  const auto spacing = options_.after / static_cast<int>(looks);  // else it had no sign
  // Several threads have timers, and a timer may come a little early.
  if (last_look_ != Time::min() && now - last_look_ < spacing - spacing / 8) return false;
  last_look_ = now;
  look_ = (look_ + 1) % looks;
  return true;
}

std::uint32_t Idle::surplus(SizeClass of, std::uint32_t least) {
  Class& its_class = classes_[of];
  its_class.least[look_] = least;
  const std::uint32_t unneeded = *std::min_element(its_class.least.begin(), its_class.least.end());
  const std::uint32_t surplus = unneeded - std::min(unneeded, options_.keep);
  its_class.surplus_at_first = surplus == 0 ? 0 : std::max(its_class.surplus_at_first, surplus);
  return std::max((surplus + 1) / 2, std::min(surplus, its_class.surplus_at_first / 4));
}

}  // namespace pixelpool
