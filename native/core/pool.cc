#include "pool.h"

#include <algorithm>
#include <utility>

#include "check.h"

namespace pixelpool {

Status Pool::create(const PoolOptions& options, std::shared_ptr<Pool>& pool) {
  auto slab = Slab::create(options.slot_bytes, options.slot_count, options.huge_pages);
  if (!slab.has_value()) return Status::out_of_memory;
  pool.reset(new Pool(options, std::move(*slab)));
  return Status::ok;
}

Pool::Pool(const PoolOptions& options, Slab slab)
    : views_stay_(options.views_stay),
      log_leaks_(options.log_leaks),
      contents_(std::move(slab), options.slot_count, options.contents),
      slots_(options.slot_count, options.reuse) {}

Pool::~Pool() {
  if (abandoned_) contents_.abandon();
}

Status Pool::join(std::function<void()> tell, Owner& owner) {
  const std::lock_guard lock(mutex_);
  if (closed_) return Status::closed;
  owner = members_.join(std::move(tell));
  return Status::ok;
}

void Pool::close(Owner owner) {
  Lock lock(mutex_);
  members_.close(owner);
  withdraw(lock, owner);
  end_if_all_closed(lock);
  serve(lock);
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

Status Pool::acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept) {
  {
    const std::lock_guard lock(mutex_);
    if (!members_.is_open(owner)) return Status::closed;
    if (!line_.empty() || !slots_.acquire(owner, lease, wrap, kept)) {
      slots_.count_exhausted();
      return Status::exhausted;
    }
  }
  contents_.prepare(lease.slot);
  return Status::ok;
}

Status Pool::retain(const Lease& lease, Wrap& wrap) {
  const std::lock_guard lock(mutex_);
  return slots_.retain(lease, wrap) ? Status::ok : Status::stale;
}

Status Pool::release(const Lease& lease, Wrap wrap, bool offered, bool& kept) {
  Lock lock(mutex_);
  if (!slots_.release(lease, wrap, offered && !closed_, kept)) return Status::stale;
  settle(lock, lease.slot);
  serve(lock);
  return Status::ok;
}

Status Pool::escape(const Lease& lease, Wrap wrap) {
  Lock lock(mutex_);
  if (!slots_.escape(lease, wrap)) return Status::stale;
  settle(lock, lease.slot);
  serve(lock);
  return Status::ok;
}

Status Pool::pin(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  return slots_.pin(lease, PinnedBy::script) ? Status::ok : Status::stale;
}

Status Pool::unpin(const Lease& lease) {
  Lock lock(mutex_);
  if (!slots_.unpin(lease, PinnedBy::script)) return Status::stale;
  settle(lock, lease.slot);
  serve(lock);
  return Status::ok;
}

Status Pool::begin_job(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  return slots_.pin(lease, PinnedBy::job) ? Status::ok : Status::stale;
}

bool Pool::end_job(const Lease& lease) {
  Lock lock(mutex_);
  const bool ended = slots_.unpin(lease, PinnedBy::job);
  CHECK(ended);
  const bool freed = settle(lock, lease.slot);
  serve(lock);
  return freed;
}

Status Pool::wait(Owner owner, Ticket& ticket) {
  Lock lock(mutex_);
  if (!members_.is_open(owner)) return Status::closed;
  ticket = line_.join(owner);
  serve(lock);  // a slot may have come back since the caller found none
  return Status::ok;
}

void Pool::stop_waiting(Ticket ticket) {
  Lock lock(mutex_);
  if (line_.leave(ticket)) return;
  take_back(lock, [ticket](const Grant& grant) { return grant.ticket == ticket; });
  serve(lock);
}

bool Pool::take_grant(Owner owner, Grant& grant) {
  {
    const std::lock_guard lock(mutex_);
    const auto first = std::find_if(grants_.begin(), grants_.end(),
                                    [owner](const Grant& each) { return each.owner == owner; });
    if (first == grants_.end()) return false;
    grant = *first;
    grants_.erase(first);
  }
  contents_.prepare(grant.lease.slot);
  return true;
}

bool Pool::is_wanted() const {
  const std::lock_guard lock(mutex_);
  return !line_.empty();
}

bool Pool::ask_others(Owner owner) {
  std::vector<Members::Tell> tells;
  bool held = false;
  {
    const std::lock_guard lock(mutex_);
    tells = members_.tells_beside(owner);
    held = slots_.is_held_beside(owner);
  }
  for (const auto& tell : tells) tell();
  return held;
}

Status Pool::may_move(const Lease& lease, Wrap wrap) const {
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

Status Pool::adopt(Owner owner, const Key& key, Time now, Lease& lease, Wrap& wrap, bool& kept) {
  const std::lock_guard lock(mutex_);
  if (!members_.is_open(owner)) return Status::closed;
  const auto moved = moves_.take(key, now);
  if (!moved.has_value()) return Status::stale;
  lease = *moved;
  const bool adopted = slots_.adopt(lease, owner, wrap, kept);
  CHECK(adopted);
  return Status::ok;
}

bool Pool::expire(Time now) {
  Lock lock(mutex_);
  const bool any = end_moves(lock, now);
  serve(lock);
  return any;
}

bool Pool::finalize(std::uint32_t slot, Wrap wrap) {
  Lock lock(mutex_);
  const Owner owner = slots_.finalize(slot, wrap);
  const bool leaked = owner != no_owner;
  if (leaked && log_leaks_) leaked_.push_back({owner, wrap});
  const bool freed = settle(lock, slot);
  serve(lock);
  return leaked || freed;
}

void Pool::orphan(std::uint32_t slot, Wrap wrap) {
  const std::lock_guard lock(mutex_);
  if (slots_.orphan(slot, wrap) || views_stay_) abandoned_ = true;
}

std::vector<Wrap> Pool::take_leaked(Owner owner) {
  const std::lock_guard lock(mutex_);
  return take_leaked_of(owner);
}

std::size_t Pool::trim() {
  Lock lock(mutex_);
  const std::size_t bytes = trim_all(lock);
  serve(lock);
  return bytes;
}

PoolStats Pool::stats() const {
  const Slab& slab = contents_.slab();
  // The mapping is asked outside the mutex: it is a system call, and it holds still.
  const std::size_t resident_bytes = slab.resident_bytes();
  const std::lock_guard lock(mutex_);
  return {slots_.count(),       slots_.free(),  slots_.leased(),   slots_.pinned(),
          slots_.quarantined(), line_.length(), slab.slot_bytes(), slab.reserved_bytes(),
          resident_bytes,       trimmed_bytes_, slots_.counters()};
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
  std::vector<Members::Tell> tells;
  while (!line_.empty() && slots_.has_free()) {
    const auto waiter = line_.next();
    Grant grant{waiter->ticket, waiter->owner, {}, no_wrap, false};
    const bool leased = slots_.acquire(grant.owner, grant.lease, grant.wrap, grant.kept);
    CHECK(leased);
    grants_.push_back(grant);
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

template <typename Matches>
void Pool::take_back(Lock& lock, Matches matches) {
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
