#include "pool.h"

#include <algorithm>
#include <utility>

#include "check.h"

namespace pixelpool {

namespace {

std::vector<std::uint32_t> counts_of(const std::vector<ClassOptions>& classes) {
  std::vector<std::uint32_t> counts;
  counts.reserve(classes.size());
  for (const ClassOptions& each : classes) counts.push_back(each.slot_count);
  return counts;
}

}  // namespace

Status Pool::create(const PoolOptions& options, std::shared_ptr<Pool>& pool) {
  auto slabs = Slabs::create(options.classes);
  if (!slabs.has_value()) return Status::out_of_memory;
  pool.reset(new Pool(options, std::move(*slabs)));
  return Status::ok;
}

Pool::Pool(const PoolOptions& options, Slabs slabs)
    : classes_(options.classes),
      views_stay_(options.views_stay),
      log_leaks_(options.log_leaks),
      clear_on_release_(options.clear_on_release),
      contents_(std::move(slabs), options.contents, !options.classes.front().commit_late),
      slots_(counts_of(options.classes), options.reuse),
      budget_(options.budget, slots_.count()),
      scratch_(options.scratch),
      demands_(options.classes.size()) {
  if (options.idle.has_value()) idle_.emplace(*options.idle, options.classes.size());
}

Pool::~Pool() {
  if (!abandoned_) return;
  for (const std::uint32_t slot : scratch_.slots()) {
    static_cast<void>(contents_.back_by_memory(slot));
  }
  contents_.abandon();
}

Status Pool::acquire(Owner owner, const Demand& demand, Grant& grant) {
  Lock lock(mutex_);
  if (!members_.is_open(owner)) return Status::closed;
  if (!line_.empty()) return Status::exhausted;
  grant.owner = owner;
  const Status status = lease(lock, demand, Effort::full, grant);
  serve(lock);  // those who came meanwhile
  if (status != Status::ok) return status;
  lock.unlock();
  if (contents_.prepare(grant.lease.slot, grant.used_bytes)) return Status::ok;
  lock.lock();
  take_back(lock, grant);
  serve(lock);
  return Status::out_of_memory;
}

void Pool::count_exhausted(const Demand& demand) {
  const std::lock_guard lock(mutex_);
  slots_.count_exhausted();
  refuse(demand);
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
  const Slabs& slabs = contents_.slabs();
  Lock lock(mutex_);
  const std::vector<std::uint32_t> holders = budget_.holders();
  PoolStats stats{slots_.count(),
                  slots_.free(),
                  slots_.leased(),
                  slots_.pinned(),
                  slots_.quarantined(),
                  line_.length(),
                  slabs.reserved_bytes(),
                  0,
                  budget_.held(),
                  budget_.peak(),
                  budget_.used(),
                  budget_.asked(),
                  budget_.limit(),
                  scratch_.slot_count(),
                  scratch_.held(),
                  scratch_.peak(),
                  trimmed_bytes_,
                  budget_.regrown(),
                  trimming_,
                  slots_.counters()};
  lock.unlock();
  // System calls; the mappings hold still.
  for (const std::uint32_t slot : holders) stats.resident_bytes += slabs.resident_bytes(slot, 0);
  return stats;
}

Demands Pool::demands() const {
  const std::lock_guard lock(mutex_);
  return demands_;
}

std::size_t Pool::tenant_bytes(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return std::min(used_bytes(slot), slot_bytes(slot));
}

bool Pool::is_in_scratch(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return scratch_.has(slot);
}

std::string Pool::full_scratch() const {
  const std::lock_guard lock(mutex_);
  return full_scratch_;
}

}  // namespace pixelpool
