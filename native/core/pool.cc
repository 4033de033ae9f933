#include "pool.h"

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
    : clear_on_acquire_(options.clear_on_acquire),
      fill_on_release_(options.fill_on_release),
      views_stay_(options.views_stay),
      log_leaks_(options.log_leaks),
      slab_(std::move(slab)),
      zero_(options.slot_count, 1),
      slots_(options.slot_count, options.reuse) {}

Pool::~Pool() {
  if (abandoned_) slab_.abandon();
}

Owner Pool::join() {
  const std::lock_guard lock(mutex_);
  return ++last_owner_;
}

void Pool::leave(Owner owner) {
  std::unique_lock lock(mutex_);
  if (views_stay_) abandoned_ = true;
  for (std::uint32_t slot = 0; slot < slots_.count(); slot++) {
    if (slots_.abandon(slot, owner)) abandoned_ = true;
    settle(lock, slot);
  }
}

Status Pool::acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Status::closed;
    if (!slots_.acquire(owner, lease, wrap, kept)) return Status::exhausted;
  }
  if (clear_on_acquire_) clear(lease.slot);
  zero_[lease.slot] = 0;
  return Status::ok;
}

Status Pool::retain(const Lease& lease, Wrap& wrap) {
  const std::lock_guard lock(mutex_);
  return slots_.retain(lease, wrap) ? Status::ok : Status::stale;
}

Status Pool::release(const Lease& lease, Wrap wrap, bool offered, bool& kept) {
  std::unique_lock lock(mutex_);
  if (!slots_.release(lease, wrap, offered && !closed_, kept)) return Status::stale;
  settle(lock, lease.slot);
  return Status::ok;
}

Status Pool::escape(const Lease& lease, Wrap wrap) {
  std::unique_lock lock(mutex_);
  if (!slots_.escape(lease, wrap)) return Status::stale;
  settle(lock, lease.slot);
  return Status::ok;
}

Status Pool::pin(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  return slots_.pin(lease, PinnedBy::script) ? Status::ok : Status::stale;
}

Status Pool::unpin(const Lease& lease) {
  std::unique_lock lock(mutex_);
  if (!slots_.unpin(lease, PinnedBy::script)) return Status::stale;
  settle(lock, lease.slot);
  return Status::ok;
}

Status Pool::begin_job(const Lease& lease) {
  const std::lock_guard lock(mutex_);
  return slots_.pin(lease, PinnedBy::job) ? Status::ok : Status::stale;
}

bool Pool::end_job(const Lease& lease) {
  std::unique_lock lock(mutex_);
  const bool ended = slots_.unpin(lease, PinnedBy::job);
  CHECK(ended);
  return settle(lock, lease.slot);
}

bool Pool::finalize(std::uint32_t slot, Wrap wrap) {
  std::unique_lock lock(mutex_);
  const bool leak = slots_.finalize(slot, wrap);
  if (leak && log_leaks_) leaked_.push_back(wrap);
  const bool freed = settle(lock, slot);
  return leak || freed;
}

void Pool::orphan(std::uint32_t slot, Wrap wrap) {
  const std::lock_guard lock(mutex_);
  if (slots_.orphan(slot, wrap) || views_stay_) abandoned_ = true;
}

std::vector<Wrap> Pool::take_leaked() {
  const std::lock_guard lock(mutex_);
  return std::exchange(leaked_, {});
}

std::size_t Pool::trim() {
  std::size_t bytes = 0;
  for (std::uint32_t slot = 0; slot < slots_.count(); slot++) bytes += trim(slot);
  return bytes;
}

void Pool::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  trim();
}

PoolStats Pool::stats() const {
  // The mapping is asked outside the mutex: it is a system call, and it holds still.
  const std::size_t resident_bytes = slab_.resident_bytes();
  const std::lock_guard lock(mutex_);
  return {slots_.count(),       slots_.free(),      slots_.leased(),        slots_.pinned(),
          slots_.quarantined(), slab_.slot_bytes(), slab_.reserved_bytes(), resident_bytes,
          trimmed_bytes_,       slots_.counters()};
}

// Frees the slot if nothing holds it any more, and says whether that was so. The tenancy is over
// and the slot busy before its memory is touched, so that work needs no lock.
bool Pool::settle(std::unique_lock<std::mutex>& lock, std::uint32_t slot) {
  if (!slots_.end_if_unheld(slot)) return false;
  const bool closed = closed_;
  if (closed || fill_on_release_.has_value()) {
    lock.unlock();
    if (closed) {
      discard(slot);
    } else {
      slab_.fill(slot, *fill_on_release_);
      zero_[slot] = *fill_on_release_ == 0;
    }
    lock.lock();
  }
  slots_.give_back(slot, Slots::Warmth::warm);
  // close() passed this slot by while it was busy.
  if (closed_ && !closed) {
    lock.unlock();
    trim(slot);
    lock.lock();
  }
  return true;
}

void Pool::clear(std::uint32_t slot) {
  if (zero_[slot] == 0) slab_.fill(slot, 0);
}

std::size_t Pool::trim(std::uint32_t slot) {
  std::unique_lock lock(mutex_);
  if (!slots_.make_busy(slot)) return 0;
  lock.unlock();
  const std::size_t bytes = slab_.resident_bytes(slot);
  discard(slot);  // even if none: what was swapped out is not counted
  lock.lock();
  slots_.give_back(slot, Slots::Warmth::cold);
  trimmed_bytes_ += bytes;
  return bytes;
}

void Pool::discard(std::uint32_t slot) {
  zero_[slot] = slab_.discard(slot) ? 1 : 0;
}

}  // namespace pixelpool
