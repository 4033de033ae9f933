#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "slots.h"

namespace pixelpool {

// One wait for a slot. Never reused within a pool; never above 2^53.
using Ticket = std::uint64_t;

struct Waiter {
  Ticket ticket;
  Owner owner;
};

// Those who wait for a slot, in all threads, first come first served.
class Line {
 public:
  [[nodiscard]] Ticket join(Owner owner);
  // The oldest one, who is in the line no longer.
  [[nodiscard]] std::optional<Waiter> next();
  // False when that one is not in the line.
  bool leave(Ticket ticket);
  void leave_all(Owner owner);

  [[nodiscard]] bool empty() const { return waiters_.empty(); }
  [[nodiscard]] std::uint32_t length() const { return static_cast<std::uint32_t>(waiters_.size()); }

 private:
  std::deque<Waiter> waiters_;  // in the order of their arrival
  Ticket last_ticket_ = 0;
};

}  // namespace pixelpool
