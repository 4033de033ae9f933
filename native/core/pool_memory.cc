#include <algorithm>
#include <chrono>

#include "check.h"
#include "pool.h"

// What slots hold: memory is charged before a lease, taken from idle slots where the budget is
// spent, given back to the system, cleared, or had from a scratch disk. The slot is busy and the
// mutex open while the system works; who needs a busy slot waits for changed_.

namespace pixelpool {

// A free slot of the size, or of a larger one where all of that are taken; no_slot when there is
// none.
std::uint32_t Pool::find_slot(Lock& lock, Effort effort, SizeClass& of) {
  for (;;) {
    const std::uint32_t slot = slots_.shelves().next(of);
    if (slot != no_slot) return slot;
    if (effort == Effort::full && slots_.is_any_busy(of)) {
      changed_.wait(lock);
    } else if (has_larger_class(of)) {
      of++;
    } else {
      return no_slot;
    }
  }
}

// Leases a slot to the grant's owner. Where the budget forbids it, idle memory of other slots goes
// back first, with the mutex open: what was true before need not be so any more.
Status Pool::lease(Lock& lock, const Demand& demand, Effort effort, Grant& grant) {
  std::uint32_t slot = no_slot;
  SizeClass of = demand.size_class;
  std::size_t bytes = 0;
  for (;;) {
    slot = find_slot(lock, effort, of);
    if (slot == no_slot) return Status::exhausted;
    bytes = contents_.slabs().held_bytes(of, demand.bytes);
    // What is cleared is what the tenant may touch: nothing may be left beyond it.
    if (contents_.is_to_be_cleared(slot) && budget_.held(slot) > bytes) {
      if (effort == Effort::none) return Status::exhausted;
      const bool was_free = slots_.make_busy(slot);
      CHECK(was_free);
      shrink(lock, slot, bytes);
    }
    if (budget_.charge(slot, bytes, demand.bytes)) break;
    if (effort == Effort::none) return Status::exhausted;
    if (reclaim(lock, slot, bytes)) continue;
    slot = slots_.shelves().next_without_memory(of);
    const Scratch::Need need{contents_.slabs().file_bytes(of), bytes};
    if (effort == Effort::full && scratch_.is_short(need)) {
      changed_.wait(lock);  // the cleaner gives a file back
      continue;
    }
    const Status status = back_by_file(lock, slot, need);
    if (status == Status::ok) break;
    return status;
  }
  const bool was_busy = slots_.is_busy(slot);
  slots_.lease(grant.owner, slot, grant.lease, grant.wrap, grant.kept);
  if (was_busy) changed_.notify_all();
  grant.used_bytes = bytes;
  demands_.begin(of, demand.bytes, bytes);
  return Status::ok;
}

// Whose slots do as well where all of a size are leased: they hold what their tenants can touch.
bool Pool::has_larger_class(SizeClass of) const {
  const std::size_t next = std::size_t{of} + 1;
  return next < classes_.size() && classes_[next].slot_bytes > classes_[of].slot_bytes;
}

std::size_t Pool::used_bytes(std::uint32_t slot) const {
  return scratch_.has(slot) ? scratch_.used_bytes(slot) : budget_.used(slot);
}

// Gives back what the slot lacks to hold so many bytes, of the memory that has been idle for
// longest: of free slots, or what leased ones hold beyond what their tenants may touch. False when
// all idle memory were not enough.
bool Pool::reclaim(Lock& lock, std::uint32_t slot, std::size_t bytes) {
  if (bytes > budget_.limit() - budget_.used()) return false;
  const auto is_another = [slot](std::uint32_t each) { return each != slot; };
  const auto from = budget_.longest_idle([&](std::uint32_t each) {
    return is_another(each) && !slots_.is_busy(each) && !is_shrinking(each);
  });
  if (!from.has_value()) {
    if (!budget_.longest_idle(is_another).has_value()) return false;
    changed_.wait(lock);  // another thread works on it at this moment
    return true;
  }
  const std::size_t wanted = contents_.slabs().whole_units(*from, budget_.lack(slot, bytes));
  const std::size_t to = budget_.held(*from) - std::min(wanted, budget_.idle(*from));
  const bool was_free = slots_.make_busy(*from);
  const bool shrunk = shrink(lock, *from, to).has_value();
  if (was_free) give_back(*from, shrunk && to == 0);
  if (closed_) trim(lock, *from);
  return true;
}

// The slot's memory beyond so many bytes goes back to the system with the mutex open; it is busy,
// or leased and its tenant may not touch that. Answers how much of it was in memory; nothing where
// the system does not take it.
std::optional<std::size_t> Pool::shrink(Lock& lock, std::uint32_t slot, std::size_t to) {
  if (budget_.held(slot) <= to) return 0;
  shrinking_.push_back(slot);
  lock.unlock();
  const auto begin = std::chrono::steady_clock::now();
  const auto bytes = contents_.discard(slot, to);
  const auto took = std::chrono::steady_clock::now() - begin;
  lock.lock();
  shrinking_.erase(std::find(shrinking_.begin(), shrinking_.end(), slot));
  trimming_ += took;
  if (bytes.has_value()) {
    budget_.shrink(slot, to);
    trimmed_bytes_ += *bytes;
  } else {
    budget_.stick(slot);
  }
  changed_.notify_all();
  const auto ended = std::find(unfinished_.begin(), unfinished_.end(), slot);
  if (ended != unfinished_.end()) {
    unfinished_.erase(ended);
    finish(lock, slot);
  }
  return bytes;
}

bool Pool::is_shrinking(std::uint32_t slot) const {
  return std::find(shrinking_.begin(), shrinking_.end(), slot) != shrinking_.end();
}

// A busy slot that was free goes back to where it was, or to those without memory.
void Pool::give_back(std::uint32_t slot, bool empty) {
  if (empty) {
    slots_.give_back(slot, Shelf::cold);
  } else {
    slots_.put_back(slot);
  }
  changed_.notify_all();
}

// The free slot is in a file from here on, and busy. Unless ok, it is free again.
Status Pool::back_by_file(Lock& lock, std::uint32_t slot, const Scratch::Need& need) {
  auto directory = scratch_.take(slot, need, 0);
  if (!directory.has_value()) return Status::exhausted;
  const bool was_free = slots_.make_busy(slot);
  CHECK(was_free);
  if (!shrink(lock, slot, 0).has_value()) {
    scratch_.give_back(slot);
    give_back(slot, false);
    return Status::exhausted;
  }
  while (directory.has_value()) {
    const std::string name = scratch_.directory(*directory);
    lock.unlock();
    const Backing backing = contents_.back_by_file(slot, name);
    lock.lock();
    if (backing == Backing::ok) return Status::ok;
    scratch_.give_back(slot);
    full_scratch_ = name;
    directory = scratch_.take(slot, need, *directory + 1);
  }
  give_back(slot, true);
  return Status::scratch_full;
}

}  // namespace pixelpool
