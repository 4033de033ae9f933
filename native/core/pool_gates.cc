#include <algorithm>

#include "check.h"
#include "pool.h"

// How members come and go, and the gates through which slots come back and are given out: whatever
// frees a slot ends in settle() and serve().

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

std::size_t Pool::trim() {
  Lock lock(mutex_);
  const std::size_t bytes = trim_all(lock);
  serve(lock);
  return bytes;
}

// Frees the slot if nothing holds it any more, and says whether that was so. The tenancy is over
// and the slot busy before its memory is touched, so that work needs no lock.
bool Pool::settle(Lock& lock, std::uint32_t slot) {
  if (!slots_.end_if_unheld(slot)) return false;
  const bool closed = closed_;
  if (closed || contents_.is_filled_on_release()) {
    lock.unlock();
    if (closed) {
      contents_.discard(slot);
    } else {
      contents_.fill(slot);
    }
    lock.lock();
  }
  slots_.give_back(slot, Slots::Warmth::warm);
  if (closed_ && !closed) trim(lock, slot);  // it was passed by while it was busy
  return true;
}

// Leases free slots to those who wait, and tells them. The last thing that a method does: it may
// open the mutex.
void Pool::serve(Lock& lock) {
  if (line_.empty()) return;
  std::vector<Members::Tell> tells;
  while (!line_.empty() && slots_.has_free()) {
    const auto waiter = line_.next();
    Grant grant{waiter->ticket, waiter->owner, {}, no_wrap, false};
    const bool leased = slots_.acquire(grant.owner, grant.lease, grant.wrap, grant.kept);
    CHECK(leased);
    grants_.push_back(grant);
    served_++;
    tells.push_back(members_.tell_of(grant.owner));
  }
  if (tells.empty()) return;
  lock.unlock();
  for (const auto& tell : tells) tell();
}

// The owner waits no longer, and what it was granted and did not take goes back.
void Pool::withdraw(Lock& lock, Owner owner) {
  line_.leave_all(owner);
  take_back(lock, [owner](const Grant& grant) { return grant.owner == owner; });
}

void Pool::take_back(Lock& lock, const std::function<bool(const Grant&)>& matches) {
  for (;;) {
    const auto found = std::find_if(grants_.begin(), grants_.end(), matches);
    if (found == grants_.end()) return;
    const Grant grant = *found;
    grants_.erase(found);
    bool kept = grant.kept;
    const bool released = slots_.release(grant.lease, grant.wrap, grant.kept, kept);
    CHECK(released);
    settle(lock, grant.lease.slot);
  }
}

bool Pool::end_moves(Lock& lock, Time now) {
  bool any = false;
  while (const auto lease = moves_.take_expired(now)) {
    slots_.end_move(*lease);
    settle(lock, lease->slot);
    any = true;
  }
  return any;
}

std::vector<Wrap> Pool::take_leaked_of(Owner owner) {
  std::vector<Wrap> wraps;
  const auto take = [owner, &wraps](const Leak& leak) {
    if (leak.owner != owner) return false;
    wraps.push_back(leak.wrap);
    return true;
  };
  leaked_.erase(std::remove_if(leaked_.begin(), leaked_.end(), take), leaked_.end());
  return wraps;
}

void Pool::end_if_all_closed(Lock& lock) {
  if (closed_ || members_.has_open()) return;
  closed_ = true;
  end_moves(lock, Time::max());
  trim_all(lock);
}

std::size_t Pool::trim_all(Lock& lock) {
  std::size_t bytes = 0;
  for (std::uint32_t slot = 0; slot < slots_.count(); slot++) bytes += trim(lock, slot);
  return bytes;
}

std::size_t Pool::trim(Lock& lock, std::uint32_t slot) {
  if (!slots_.make_busy(slot)) return 0;
  lock.unlock();
  const std::size_t bytes = contents_.discard(slot);
  lock.lock();
  slots_.give_back(slot, Slots::Warmth::cold);
  trimmed_bytes_ += bytes;
  return bytes;
}

}  // namespace pixelpool
