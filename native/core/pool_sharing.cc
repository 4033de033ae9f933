#include <algorithm>

#include "check.h"
#include "pool.h"

// What threads have to do with each other in a pool: how they come and go, the line, and moves.

namespace pixelpool {

Status Pool::join(Home home, std::function<void()> tell, Owner& owner) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Status::closed;
  owner = members_.join(home, std::move(tell));
  return Status::ok;
}

void Pool::close(Owner owner) {
  Lock lock(mutex_);
  members_.close(owner);
  withdraw(lock, owner);
  end_if_all_closed(lock);
  serve(lock);
}

void Pool::part(Owner owner) {
  Lock lock(mutex_);
  members_.part(owner);
  withdraw(lock, owner);
  slots_.drop_kept(owner);
  members_.leave_parted([this](Owner each) { return slots_.is_held_by(each); });
  end_if_all_closed(lock);
  serve(lock);
}

bool Pool::has_member(Owner owner) const {
  const std::lock_guard lock(mutex_);
  return members_.has(owner);
}

void Pool::leave(Owner owner) {
  Lock lock(mutex_);
  members_.leave(owner);
  withdraw(lock, owner);
  take_leaked_of(owner);
  if (views_stay_) abandoned_ = true;
  for (std::uint32_t slot = 0; slot < slots_.count(); slot++) {
    if (slots_.abandon(slot, owner)) abandoned_ = true;
    settle(lock, slot);
  }
  end_if_all_closed(lock);
  serve(lock);
}

Status Pool::wait(Owner owner, const Demand& demand, Ticket& ticket) {
  Lock lock(mutex_);
  if (!members_.is_open(owner)) return Status::closed;
  refuse(demand);
  ticket = line_.join(owner, demand, held_bytes(demand));
  serve(lock);  // a slot may have come back since the caller found none
  return Status::ok;
}

void Pool::stop_waiting(Ticket ticket) {
  Lock lock(mutex_);
  if (line_.leave(ticket)) return;
  take_back(lock, [ticket](const Grant& grant) { return grant.ticket == ticket; });
  serve(lock);
}

Status Pool::take_grant(Owner owner, Grant& grant) {
  Lock lock(mutex_);
  const auto first = std::find_if(grants_.begin(), grants_.end(),
                                  [owner](const Grant& each) { return each.owner == owner; });
  if (first == grants_.end()) return Status::stale;
  grant = *first;
  grants_.erase(first);
  lock.unlock();
  if (contents_.prepare(grant.lease.slot, grant.used_bytes)) return Status::ok;
  lock.lock();
  take_back(lock, grant);
  serve(lock);
  return Status::out_of_memory;
}

Pool::Hope Pool::search(Owner owner) {
  std::vector<Members::Tell> tells;
  bool held = false;
  {
    Lock lock(mutex_);
    serve(lock);  // a disk may have space again
    if (members_.has_seen_less(owner, served_)) return Hope::served;
    tells = members_.ask_beside(owner);
    held = slots_.may_come_back([&](Owner each) { return members_.live_together(each, owner); });
  }
  for (const auto& tell : tells) tell();
  return held ? Hope::held : Hope::none;
}

bool Pool::take_asked(Owner owner) {
  const std::lock_guard lock(mutex_);
  return members_.take_asked(owner);
}

Status Pool::may_move(const Lease& lease, Wrap wrap) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Status::closed;
  return slots_.may_move(lease, wrap) ? Status::ok : Status::held;
}

Status Pool::move(const Lease& lease, Wrap wrap, bool offered, const Move& move, bool& kept) {
  Lock lock(mutex_);
  if (!slots_.begin_move(lease, wrap, offered && !closed_, kept)) return Status::held;
  moves_.add(move, lease);
  if (closed_) end_moves(lock, Time::max());
  return Status::ok;
}

Status Pool::adopt(Owner owner, const Key& key, Time now, Grant& grant) {
  const std::lock_guard lock(mutex_);
  if (!members_.is_open(owner)) return Status::closed;
  const auto moved = moves_.take(key, now);
  if (!moved.has_value()) return Status::stale;
  grant.owner = owner;
  grant.lease = *moved;
  grant.used_bytes = used_bytes(moved->slot);
  const bool adopted = slots_.adopt(*moved, owner, grant.wrap, grant.kept);
  CHECK(adopted);
  return Status::ok;
}

bool Pool::expire(Time now) {
  Lock lock(mutex_);
  const bool any = end_moves(lock, now);
  serve(lock);
  return any;
}

}  // namespace pixelpool
