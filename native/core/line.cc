#include "line.h"

#include <algorithm>

namespace pixelpool {

Ticket Line::join(Owner owner) {
  waiters_.push_back({++last_ticket_, owner});
  return last_ticket_;
}

std::optional<Waiter> Line::next() {
  if (waiters_.empty()) return std::nullopt;
  const Waiter oldest = waiters_.front();
  waiters_.pop_front();
  return oldest;
}

bool Line::leave(Ticket ticket) {
  // Tickets are in order, so this is a search in a sorted row.
  const auto found =
      std::lower_bound(waiters_.begin(), waiters_.end(), ticket,
                       [](const Waiter& each, Ticket wanted) { return each.ticket < wanted; });
  if (found == waiters_.end() || found->ticket != ticket) return false;
  waiters_.erase(found);
  return true;
}

void Line::leave_all(Owner owner) {
  const auto is_theirs = [owner](const Waiter& each) { return each.owner == owner; };
  waiters_.erase(std::remove_if(waiters_.begin(), waiters_.end(), is_theirs), waiters_.end());
}

}  // namespace pixelpool
