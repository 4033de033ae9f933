#include <algorithm>

#include "check.h"
#include "cleaner.h"
#include "pool.h"

// The gates through which slots come back and are given out: whatever frees a slot ends in settle()
// and serve().

namespace pixelpool {

// Frees the slot if nothing holds it any more, and says whether that was so. The tenancy is over
// and the slot busy before its memory is touched, so that work needs no lock.
bool Pool::settle(Lock& lock, std::uint32_t slot) {
  if (!slots_.end_if_unheld(slot)) return false;
  if (is_shrinking(slot)) {
    unfinished_.push_back(slot);  // for the thread that gives its memory back
  } else {
    finish(lock, slot);
  }
  return true;
}

// A tenancy is over and its slot busy: it is free from here on, or as soon as the cleaner has been.
void Pool::finish(Lock& lock, std::uint32_t slot) {
  const std::size_t used = used_bytes(slot);
  demands_.end(slots_.class_of(slot), used);
  if (scratch_.has(slot)) {
    scratch_.end_use(slot);
    clean_later(lock, slot);
    return;
  }
  budget_.end_use(slot);
  if (!closed_ && contents_.is_filled_on_release()) {
    lock.unlock();
    contents_.fill(slot, used);
    lock.lock();
  }
  slots_.give_back(slot, clear_on_release_ ? Shelf::dirty : Shelf::warm);
  changed_.notify_all();
  if (closed_) {
    trim(lock, slot);
  } else if (clear_on_release_) {
    clean_later(lock, slot);
  }
}

// Leaves a slot in scratch, which is busy, or a dirty one to the cleaner.
void Pool::clean_later(Lock& lock, std::uint32_t slot) {
  lock.unlock();
  Cleaner::add([self = shared_from_this(), slot] { self->clean(slot); });
  lock.lock();
}

void Pool::clean(std::uint32_t slot) {
  Lock lock(mutex_);
  if (scratch_.begin_return(slot)) {
    lock.unlock();
    const bool done = contents_.back_by_memory(slot);
    lock.lock();
    if (done) {
      scratch_.give_back(slot);
      slots_.give_back(slot, Shelf::cold);
    } else {
      scratch_.lose(slot);
      slots_.retire(slot);
    }
  } else if (slots_.is_dirty(slot) && slots_.make_busy(slot)) {
    const std::size_t held = budget_.held(slot);
    lock.unlock();
    contents_.clear(slot, held);
    lock.lock();
    slots_.give_back(slot, Shelf::warm);
    if (closed_) trim(lock, slot);
  }
  changed_.notify_all();
  serve(lock);
}

// Leases free slots to those who wait, and tells them. The last thing that a method does: it may
// open the mutex. On any thread, so that what needs the system is left to the cleaner's.
void Pool::serve(Lock& lock, Effort effort) {
  if (line_.empty()) return;
  std::vector<Members::Tell> tells;
  while (!line_.empty()) {
    const Waiter oldest = line_.first();
    Grant grant;
    grant.ticket = oldest.ticket;
    grant.owner = oldest.owner;
    if (lease(lock, oldest.demand, effort, grant) != Status::ok) break;
    if (!line_.leave(oldest.ticket)) {  // he went away meanwhile
      take_back(lock, grant);
      continue;
    }
    grants_.push_back(grant);
    served_++;
    tells.push_back(members_.tell_of(grant.owner));
  }
  if (effort == Effort::none) serve_later(lock);
  if (tells.empty()) return;
  lock.unlock();
  for (const auto& tell : tells) tell();
  lock.lock();
}

// Where the oldest who waits could be served with the system's help.
void Pool::serve_later(Lock& lock) {
  if (line_.empty() || serving_later_) return;
  const Demand& demand = line_.first().demand;
  SizeClass of = demand.size_class;
  if (find_slot(lock, Effort::none, of) == no_slot) return;
  if (held_bytes(demand) > budget_.limit() - budget_.used() && scratch_.empty()) return;
  serving_later_ = true;
  lock.unlock();
  Cleaner::add([self = shared_from_this()] {
    Lock its_lock(self->mutex_);
    self->serving_later_ = false;
    self->serve(its_lock, Effort::system);
  });
  lock.lock();
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
    take_back(lock, grant);
  }
}

void Pool::take_back(Lock& lock, const Grant& grant) {
  bool kept = grant.kept;
  const bool released = slots_.release(grant.lease, grant.wrap, grant.kept, kept);
  CHECK(released);
  settle(lock, grant.lease.slot);
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

}  // namespace pixelpool
