#include "line.h"

#include <algorithm>

namespace pixelpool {

Ticket Line::join(Owner owner, const Demand& demand, std::size_t held_bytes) {
  const Waiter waiter{++last_ticket_, owner, demand, held_bytes};
  waiters_.push_back(waiter);
  held_bytes_ += held_bytes;
  lengths_[demand.size_class]++;
  return last_ticket_;
}

bool Line::leave(Ticket ticket) {
  // Tickets are in order, so this is a search in a sorted row.
  const auto found =
      std::lower_bound(waiters_.begin(), waiters_.end(), ticket,
                       [](const Waiter& each, Ticket wanted) { return each.ticket < wanted; });
  if (found == waiters_.end() || found->ticket != ticket) return false;
  subtract(*found);
  waiters_.erase(found);
  return true;
}

void Line::leave_all(Owner owner) {
  const auto is_theirs = [owner](const Waiter& each) { return each.owner == owner; };
  for (const Waiter& each : waiters_) {
    if (is_theirs(each)) subtract(each);
  }
  waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(), is_theirs), waiters_.end());
}

void Line::subtract(const Waiter& waiter) {
  held_bytes_ -= waiter.held_bytes;
  lengths_[waiter.demand.size_class]--;
}

}  // namespace pixelpool
