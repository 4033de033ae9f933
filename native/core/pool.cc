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

Status Pool::acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept) {
  {
    const std::lock_guard lock(mutex_);
    if (!members_.is_open(owner)) return Status::closed;
    if (!line_.empty() || !slots_.acquire(owner, lease, wrap, kept)) return Status::exhausted;
  }
  contents_.prepare(lease.slot);
  return Status::ok;
}

void Pool::count_exhausted() {
  const std::lock_guard lock(mutex_);
  slots_.count_exhausted();
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

Pool::Hope Pool::search(Owner owner) {
  std::vector<Members::Tell> tells;
  bool held = false;
  {
    const std::lock_guard lock(mutex_);
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

PoolStats Pool::stats() const {
  const Slab& slab = contents_.slab();
  // The mapping is asked outside the mutex: it is a system call, and it holds still.
  const std::size_t resident_bytes = slab.resident_bytes();
  const std::lock_guard lock(mutex_);
  return {slots_.count(),       slots_.free(),  slots_.leased(),   slots_.pinned(),
          slots_.quarantined(), line_.length(), slab.slot_bytes(), slab.reserved_bytes(),
          resident_bytes,       trimmed_bytes_, slots_.counters()};
}

}  // namespace pixelpool
