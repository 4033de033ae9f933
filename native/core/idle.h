#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "moves.h"
#include "slots.h"

namespace pixelpool {

struct IdleOptions {
  std::chrono::milliseconds after;  // how long a slot must not have been needed
  std::uint32_t keep;               // slots of each size that stay warm
};

// How many free slots with memory nobody has needed lately, by the rule of Bonwick's magazines and
// vmem (USENIX 2001): the least number that lay free throughout the last interval. Half of them go
// at each look, and at least a quarter of what there was at first: gradually, and in four looks.
// Not thread-safe: Pool's mutex guards it.
class Idle {
 public:
  Idle(const IdleOptions& options, std::size_t class_count);

  // Whether it is time to look, and if so, the look has begun.
  [[nodiscard]] bool begin_look(Time now);
  // Once a class and look: of how many slots to take the memory, when at least so many lay free
  // since the last look.
  [[nodiscard]] std::uint32_t surplus(SizeClass of, std::uint32_t least);

 private:
  static constexpr std::size_t looks = 4;  // an interval

  const IdleOptions options_;
  Time last_look_ = Time::min();
  std::size_t look_ = 0;
  struct Class {
    std::array<std::uint32_t, looks> least{};
    std::uint32_t surplus_at_first = 0;  // since it was last 0
  };
  std::vector<Class> classes_;
};

}  // namespace pixelpool
