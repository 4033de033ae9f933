#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>

#include "slots.h"

namespace pixelpool {

// One wait for a slot. Never reused within a pool; never above 2^53.
using Ticket = std::uint64_t;

// What somebody needs: a slot of a size, and how much of it he may touch.
struct Demand {
  SizeClass size_class;
  std::size_t bytes;
};

struct Waiter {
  Ticket ticket;
  Owner owner;
  Demand demand;
  std::size_t held_bytes;  // what that makes a slot hold
};

// Those who wait for a slot, in all threads, first come first served.
class Line {
 public:
  [[nodiscard]] Ticket join(Owner owner, const Demand& demand, std::size_t held_bytes);
  // The oldest one.
  [[nodiscard]] const Waiter& first() const { return waiters_.front(); }
  // False when that one is not in the line.
  bool leave(Ticket ticket);
  void leave_all(Owner owner);

  // What all of them together need, and how many of them a slot of one size.
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
  [[nodiscard]] std::uint32_t length(SizeClass of) const { return lengths_[of]; }
  [[nodiscard]] bool empty() const { return waiters_.empty(); }
  [[nodiscard]] std::uint32_t length() const { return static_cast<std::uint32_t>(waiters_.size()); }

 private:
  void subtract(const Waiter& waiter);

  std::deque<Waiter> waiters_;  // in the order of their arrival
  std::size_t held_bytes_ = 0;
  std::array<std::uint32_t, std::numeric_limits<SizeClass>::max() + 1> lengths_{};  // by class
  Ticket last_ticket_ = 0;
};

}  // namespace pixelpool
