#include "members.h"

#include <algorithm>
#include <utility>

namespace pixelpool {
Owner Members::join(Home home, Tell tell) {
  members_.push_back({++last_owner_, home, std::move(tell)});
  open_++;
  return last_owner_;
}

void Members::close(Owner owner) {
  Member* const member = find(owner);
  if (member == nullptr || !member->open) return;
  member->open = false;
  open_--;
}

void Members::leave(Owner owner) {
  close(owner);
  const auto is_theirs = [owner](const Member& member) { return member.owner == owner; };
  members_.erase(std::remove_if(members_.begin(), members_.end(), is_theirs), members_.end());
}

void Members::part(Owner owner) {
  close(owner);
  Member* const member = find(owner);
  if (member != nullptr) member->parted = true;
}

void Members::leave_parted(const std::function<bool(Owner)>& holds) {
  const auto is_done = [&holds](const Member& member) {
    return member.parted && !holds(member.owner);
  };
  members_.erase(std::remove_if(members_.begin(), members_.end(), is_done), members_.end());
}

bool Members::is_open(Owner owner) const {
  const Member* const member = find(owner);
  return member != nullptr && member->open;
}

Members::Tell Members::tell_of(Owner owner) const {
  const Member* const member = find(owner);
  return member == nullptr ? Tell() : member->tell;
}

bool Members::live_together(Owner one, Owner other) const {
  const Member* const first = find(one);
  const Member* const second = find(other);
  return first != nullptr && second != nullptr && first->home == second->home;
}

std::vector<Members::Tell> Members::ask_beside(Owner owner) {
  std::vector<Tell> tells;
  for (Member& member : members_) {
    if (member.owner == owner) continue;
    member.asked = true;
    tells.push_back(member.tell);
  }
  return tells;
}

bool Members::take_asked(Owner owner) {
  Member* const member = find(owner);
  return member != nullptr && std::exchange(member->asked, false);
}

bool Members::has_seen_less(Owner owner, std::uint64_t served) {
  Member* const member = find(owner);
  return member != nullptr && std::exchange(member->seen, served) < served;
}

const Members::Member* Members::find(Owner owner) const {
  const auto found =
      std::lower_bound(members_.begin(), members_.end(), owner,
                       [](const Member& member, Owner wanted) { return member.owner < wanted; });
  return found == members_.end() || found->owner != owner ? nullptr : &*found;
}

}  // namespace pixelpool
