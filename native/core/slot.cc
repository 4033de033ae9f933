#include "slot.h"

#include <algorithm>

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

bool erase(std::vector<Wrap>& wraps, Wrap wrap) {
  return erase_one(wraps, [wrap](Wrap each) { return each == wrap; });
}

bool contains(const std::vector<Wrap>& wraps, Wrap wrap) {
  return std::find(wraps.begin(), wraps.end(), wrap) != wraps.end();
}

}  // namespace

Wrap Slot::lease(Owner owner, Wrap fresh) {
  const Wrap kept = take_kept(owner);
  const Wrap wrap = kept == no_wrap ? fresh : kept;
  owner_ = owner;
  moving_ = false;
  handles_.push_back(wrap);
  return wrap;
}

bool Slot::release(Wrap wrap) {
  return erase(handles_, wrap);
}

bool Slot::escape(Wrap wrap) {
  if (!erase(handles_, wrap)) return false;
  escaped_.push_back(wrap);
  return true;
}

bool Slot::forget(Wrap wrap) {
  return erase(escaped_, wrap);
}

bool Slot::unkeep(Wrap wrap) {
  return erase_one(kept_, [wrap](const Kept& each) { return each.wrap == wrap; });
}

bool Slot::unpin(PinnedBy by) {
  if (pins(by) == 0) return false;
  pins(by)--;
  return true;
}

bool Slot::may_move(Wrap wrap) const {
  const bool is_only = handles_.size() == 1 && handles_.front() == wrap;
  return is_only && !is_pinned() && !is_escaped();
}

bool Slot::begin_move(Wrap wrap) {
  if (!may_move(wrap)) return false;
  handles_.clear();
  moving_ = true;
  return true;
}

std::size_t Slot::abandon() {
  const std::size_t handles = handles_.size();
  handles_.clear();
  std::fill(escaped_.begin(), escaped_.end(), no_wrap);
  pins(PinnedBy::script) = 0;
  return handles;
}

bool Slot::has_handle(Wrap wrap) const {
  return contains(handles_, wrap);
}

bool Slot::is_escaped(Wrap wrap) const {
  return contains(escaped_, wrap);
}

bool Slot::may_come_back() const {
  const auto is_alive = [](Wrap wrap) { return wrap != no_wrap; };
  return has_handle() || is_pinned() || moving_ ||
         std::any_of(escaped_.begin(), escaped_.end(), is_alive);
}

Wrap Slot::take_kept(Owner owner) {
  for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
    if (kept->owner != owner) continue;
    const Wrap wrap = kept->wrap;
    *kept = kept_.back();
    kept_.pop_back();
    return wrap;
  }
  return no_wrap;
}

}  // namespace pixelpool
