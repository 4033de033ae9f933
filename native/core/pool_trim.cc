#include <vector>

#include "pool.h"

// What goes back to the system because somebody says so: the user, the clock, or the pool's end.

namespace pixelpool {

std::size_t Pool::trim() {
  Lock lock(mutex_);
  std::size_t bytes = 0;
  for (const std::uint32_t slot : std::vector(budget_.holders())) {
    // What another thread clears or shrinks at this moment is free, too.
    changed_.wait(lock, [&] { return !slots_.is_busy(slot) && !is_shrinking(slot); });
    bytes += trim(lock, slot);
  }
  serve(lock);
  return bytes;
}

std::size_t Pool::trim_idle(Time now) {
  Lock lock(mutex_);
  if (!idle_.has_value() || !idle_->begin_look(now)) return 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < classes_.size(); i++) {
    const auto of = static_cast<SizeClass>(i);
    std::uint32_t count = idle_->surplus(of, slots_.shelves().take_least_with_memory(of));
    for (; count > 0; count--) {
      const std::uint32_t slot = slots_.shelves().last_with_memory(of);
      if (slot != no_slot) bytes += trim(lock, slot);
    }
  }
  serve(lock);
  return bytes;
}

std::size_t Pool::trim_all(Lock& lock) {
  std::size_t bytes = 0;
  for (const std::uint32_t slot : std::vector(budget_.holders())) bytes += trim(lock, slot);
  return bytes;
}

// Of a slot that is not free, what its tenant may not touch.
std::size_t Pool::trim(Lock& lock, std::uint32_t slot) {
  if (slots_.make_busy(slot)) {
    const auto bytes = shrink(lock, slot, 0);
    give_back(slot, bytes.has_value());
    return bytes.value_or(0);
  }
  if (slots_.is_busy(slot) || is_shrinking(slot)) return 0;
  return shrink(lock, slot, budget_.used(slot)).value_or(0);
}

}  // namespace pixelpool
