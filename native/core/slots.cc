#include "slots.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "check.h"

namespace pixelpool {
namespace {

template <typename T, typename Matches>
bool erase_one(std::vector<T>& items, Matches matches) {
  const auto found = std::find_if(items.begin(), items.end(), matches);
  if (found == items.end()) return false;
  *found = items.back();
  items.pop_back();
  return true;
}

bool erase_wrap(std::vector<Wrap>& wraps, Wrap wrap) {
  return erase_one(wraps, [wrap](Wrap each) { return each == wrap; });
}

bool contains(const std::vector<Wrap>& wraps, Wrap wrap) {
  return std::find(wraps.begin(), wraps.end(), wrap) != wraps.end();
}

}  // namespace

Slots::Slots(std::uint32_t slot_count, Reuse reuse)
    : reuse_(reuse), slots_(slot_count), free_(slot_count) {
  // Slot 0 is leased first, so that a pool that is used little touches the start of its slab only.
  std::iota(free_.rbegin(), free_.rend(), 0U);
  state_counts_[static_cast<std::size_t>(State::free)] = slot_count;
}

bool Slots::acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept) {
  if (free_.empty()) return false;
  lease.slot = free_.back();
  free_.pop_back();
  Slot& slot = slots_[lease.slot];
  become(slot, State::leased);
  lease.generation = slot.generation;
  wrap = take_kept(slot, owner);
  kept = wrap != no_wrap;
  if (!kept) wrap = ++last_wrap_;
  slot.owner = owner;
  slot.handles.push_back(wrap);
  counters_.acquires++;
  counters_.leased_peak = std::max(counters_.leased_peak, leased());
  return true;
}

bool Slots::retain(const Lease& lease, Wrap& wrap) {
  Slot* const slot = find(lease);
  if (slot == nullptr || slot->handles.empty()) return false;
  wrap = ++last_wrap_;
  slot->handles.push_back(wrap);
  counters_.acquires++;
  return true;
}

bool Slots::release(const Lease& lease, Wrap wrap, bool offered, bool& kept) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !end_handle(*slot, wrap)) return false;
  kept = offered && slot->handles.empty();
  if (kept) slot->kept.push_back({slot->owner, wrap});
  return true;
}

bool Slots::escape(const Lease& lease, Wrap wrap) {
  Slot* const slot = find(lease);
  if (slot == nullptr || !end_handle(*slot, wrap)) return false;
  slot->escaped.push_back(wrap);
  return true;
}

bool Slots::pin(const Lease& lease, PinnedBy by) {
  Slot* const slot = find(lease);
  if (slot == nullptr || slot->handles.empty()) return false;
  slot->pins(by)++;
  return true;
}

bool Slots::unpin(const Lease& lease, PinnedBy by) {
  Slot* const slot = find(lease);
  if (slot == nullptr || slot->pins(by) == 0) return false;
  slot->pins(by)--;
  return true;
}

bool Slots::finalize(std::uint32_t index, Wrap wrap) {
  CHECK(index < slots_.size());
  Slot& slot = slots_[index];
  if (erase_wrap(slot.handles, wrap)) {
    counters_.leaked++;
    return true;
  }
  if (!erase_wrap(slot.escaped, wrap)) end_kept(slot, wrap);
  return false;
}

bool Slots::orphan(std::uint32_t index, Wrap wrap) {
  CHECK(index < slots_.size());
  Slot& slot = slots_[index];
  return !end_kept(slot, wrap) && (contains(slot.handles, wrap) || contains(slot.escaped, wrap));
}

bool Slots::end_if_unheld(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.state == State::free || slot.state == State::busy) return false;
  if (!slot.handles.empty()) return false;
  if (slot.is_pinned()) {
    become(slot, State::pinned);
    return false;
  }
  if (!slot.escaped.empty()) {
    become(slot, State::quarantined);
    return false;
  }
  slot.generation++;
  become(slot, State::busy);
  return true;
}

bool Slots::make_busy(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.state != State::free) return false;
  // From the warm end: who goes through all slots finds each one there.
  const auto found = std::find(free_.rbegin(), free_.rend(), index);
  free_.erase(std::next(found).base());
  become(slot, State::busy);
  return true;
}

void Slots::give_back(std::uint32_t index, Warmth warmth) {
  Slot& slot = slots_[index];
  CHECK(slot.state == State::busy);
  become(slot, State::free);
  if (warmth == Warmth::warm && reuse_ == Reuse::warmest_first) {
    free_.push_back(index);
  } else {
    free_.push_front(index);
  }
}

bool Slots::abandon(std::uint32_t index, Owner owner) {
  Slot& slot = slots_[index];
  take_kept(slot, owner);
  if (slot.owner != owner || slot.state == State::free || slot.state == State::busy) return false;
  const bool reachable = !slot.handles.empty() || !slot.escaped.empty() || slot.is_pinned();
  counters_.releases += slot.handles.size();
  slot.handles.clear();
  std::fill(slot.escaped.begin(), slot.escaped.end(), no_wrap);
  slot.pins(PinnedBy::script) = 0;
  return reachable;
}

Slots::Slot* Slots::find(const Lease& lease) {
  CHECK(lease.slot < slots_.size());
  Slot& slot = slots_[lease.slot];
  const bool held = slot.state != State::free && slot.state != State::busy;
  return held && slot.generation == lease.generation ? &slot : nullptr;
}

bool Slots::end_handle(Slot& slot, Wrap wrap) {
  if (!erase_wrap(slot.handles, wrap)) return false;
  counters_.releases++;
  return true;
}

bool Slots::end_kept(Slot& slot, Wrap wrap) {
  return erase_one(slot.kept, [wrap](const Kept& each) { return each.wrap == wrap; });
}

Wrap Slots::take_kept(Slot& slot, Owner owner) {
  for (auto kept = slot.kept.begin(); kept != slot.kept.end(); ++kept) {
    if (kept->owner != owner) continue;
    const Wrap wrap = kept->wrap;
    *kept = slot.kept.back();
    slot.kept.pop_back();
    return wrap;
  }
  return no_wrap;
}

void Slots::become(Slot& slot, State state) {
  state_counts_[static_cast<std::size_t>(slot.state)]--;
  state_counts_[static_cast<std::size_t>(state)]++;
  slot.state = state;
}

}  // namespace pixelpool
