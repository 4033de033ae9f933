#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "../core/pool.h"
#include "bell.h"

namespace pixelpool {

// One thread's membership of one pool. The functions that JavaScript calls are bound to it, and
// each of them keeps it alive.
struct Member {
  std::shared_ptr<Pool> pool;
  Owner owner = no_owner;
  std::shared_ptr<Bell> bell;
  bool keeps_wraps = false;  // can use a wrap for one tenancy after another

  // Nobody can acquire through it any more, whether it was closed or forgotten.
  ~Member() {
    if (owner != no_owner) pool->part(owner);
  }

  // Where a function puts what it answers beside its result. JavaScript reads it through a
  // Float64Array right after the call: no object is made to return them in.
  static constexpr std::size_t slot = 0;
  static constexpr std::size_t generation = 1;
  static constexpr std::size_t wrap = 2;
  static constexpr std::size_t ticket = 3;
  static constexpr std::size_t bytes = 4;  // that the tenant may touch
  std::array<double, 5> answer{};
};

}  // namespace pixelpool
