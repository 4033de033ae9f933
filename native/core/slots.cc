#include "slots.h"

#include <algorithm>

#include "check.h"

namespace pixelpool {

Slots::Slots(const std::vector<std::uint32_t>& class_counts, Reuse reuse)
    : shelves_(class_counts, reuse), busy_counts_(class_counts.size()) {
  for (std::size_t of = 0; of < class_counts.size(); of++) {
    Entry entry;
    entry.size_class = static_cast<SizeClass>(of);
    slots_.insert(slots_.end(), class_counts[of], entry);
  }
  state_counts_[static_cast<std::size_t>(State::free)] = count();
}

void Slots::lease(Owner owner, std::uint32_t index, Lease& lease, Wrap& wrap, bool& kept) {
  Entry& entry = slots_[index];
  if (entry.state == State::free) shelves_.take(entry.size_class, entry.shelf, index);
  CHECK(entry.state == State::free || entry.state == State::busy);
  become(entry, State::leased);
  lease = {index, entry.slot.generation};
  wrap = add_handle(entry.slot, owner, kept);
  counters_.acquires++;
  counters_.leased_peak = std::max(counters_.leased_peak, leased());
}

bool Slots::retain(const Lease& lease, Wrap& wrap) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->has_handle()) return false;
  wrap = ++last_wrap_;
  slot->retain(wrap);
  counters_.acquires++;
  return true;
}

bool Slots::release(const Lease& lease, Wrap wrap, bool offered, bool& kept) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->release(wrap)) return false;
  counters_.releases++;
  kept = offered && !slot->has_handle();
  if (kept) slot->keep(wrap);
  return true;
}

bool Slots::escape(const Lease& lease, Wrap wrap) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->escape(wrap)) return false;
  counters_.releases++;
  return true;
}

bool Slots::pin(const Lease& lease, PinnedBy by) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->has_handle()) return false;
  slot->pin(by);
  return true;
}

bool Slots::unpin(const Lease& lease, PinnedBy by) {
  Slot* const slot = find(lease);
  return slot != nullptr && slot->unpin(by);
}

bool Slots::may_move(const Lease& lease, Wrap wrap) {
  const Slot* const slot = find(lease);
  return slot != nullptr && slot->may_move(wrap);
}

bool Slots::begin_move(const Lease& lease, Wrap wrap, bool offered, bool& kept) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->begin_move(wrap)) return false;
  kept = offered;
  if (kept) slot->keep(wrap);
  return true;
}

bool Slots::adopt(const Lease& lease, Owner owner, Wrap& wrap, bool& kept) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !slot->is_moving()) return false;
  wrap = add_handle(*slot, owner, kept);
  return true;
}

void Slots::end_move(const Lease& lease) {
  Slot* const slot = find(lease);
  CHECK(slot != nullptr);
  CHECK(slot->is_moving());
  slot->end_move();
  counters_.releases++;
}

Owner Slots::finalize(std::uint32_t index, Wrap wrap) {
  CHECK(index < slots_.size());
  Slot& slot = slots_[index].slot;
  if (slot.release(wrap)) {
    counters_.leaked++;
    return slot.owner();
  }
  if (!slot.forget(wrap)) slot.unkeep(wrap);
  return no_owner;
}

bool Slots::orphan(std::uint32_t index, Wrap wrap) {
  CHECK(index < slots_.size());
  Slot& slot = slots_[index].slot;
  return !slot.unkeep(wrap) && (slot.has_handle(wrap) || slot.is_escaped(wrap));
}

bool Slots::end_if_unheld(std::uint32_t index) {
  Entry& entry = slots_[index];
  if (is_unleased(entry) || entry.slot.has_handle() || entry.slot.is_moving()) return false;
  if (entry.slot.is_pinned()) {
    become(entry, State::pinned);
    return false;
  }
  if (entry.slot.is_escaped()) {
    become(entry, State::quarantined);
    return false;
  }
  entry.slot.generation++;
  become(entry, State::busy);
  return true;
}

bool Slots::make_busy(std::uint32_t index) {
  Entry& entry = slots_[index];
  if (entry.state != State::free) return false;
  shelves_.take(entry.size_class, entry.shelf, index);
  become(entry, State::busy);
  return true;
}

void Slots::give_back(std::uint32_t index, Shelf shelf) {
  Entry& entry = slots_[index];
  CHECK(entry.state == State::busy);
  become(entry, State::free);
  entry.shelf = shelf;
  shelves_.put(entry.size_class, shelf, index);
}

void Slots::put_back(std::uint32_t index) {
  Entry& entry = slots_[index];
  CHECK(entry.state == State::busy);
  become(entry, State::free);
  shelves_.put_last(entry.size_class, entry.shelf, index);
}

void Slots::retire(std::uint32_t index) {
  CHECK(slots_[index].state == State::busy);
  become(slots_[index], State::retired);
}

bool Slots::abandon(std::uint32_t index, Owner owner) {
  Entry& entry = slots_[index];
  Slot& slot = entry.slot;
  slot.drop_kept(owner);
  if (is_unleased(entry) || slot.is_moving() || slot.owner() != owner) return false;
  const bool reachable = slot.has_handle() || slot.is_escaped() || slot.is_pinned();
  counters_.releases += slot.abandon();
  return reachable;
}

void Slots::drop_kept(Owner owner) {
  for (Entry& entry : slots_) entry.slot.drop_kept(owner);
}

bool Slots::is_held_by(Owner owner) const {
  return std::any_of(slots_.begin(), slots_.end(), [owner](const Entry& entry) {
    return !is_unleased(entry) && entry.slot.owner() == owner && !entry.slot.is_moving();
  });
}

bool Slots::may_come_back(const std::function<bool(Owner)>& is_near) const {
  return std::any_of(slots_.begin(), slots_.end(), [&is_near](const Entry& entry) {
    const Slot& slot = entry.slot;
    if (entry.state == State::busy) return true;  // whoever waits gets it in a moment
    if (is_unleased(entry) || !slot.may_come_back()) return false;
    return slot.is_moving() || slot.is_pinned() || !is_near(slot.owner());
  });
}

Slot* Slots::find(const Lease& lease) {
  CHECK(lease.slot < slots_.size());
  Entry& entry = slots_[lease.slot];
  return !is_unleased(entry) && entry.slot.generation == lease.generation ? &entry.slot : nullptr;
}

Wrap Slots::add_handle(Slot& slot, Owner owner, bool& kept) {
  const Wrap fresh = last_wrap_ + 1;
  const Wrap wrap = slot.lease(owner, fresh);
  kept = wrap != fresh;
  if (!kept) last_wrap_ = fresh;
  return wrap;
}

void Slots::become(Entry& entry, State state) {
  if (entry.state == State::busy) busy_counts_[entry.size_class]--;
  if (state == State::busy) busy_counts_[entry.size_class]++;
  state_counts_[static_cast<std::size_t>(entry.state)]--;
  state_counts_[static_cast<std::size_t>(state)]++;
  entry.state = state;
}

}  // namespace pixelpool
