#include "members.h"

#include <algorithm>
#include <utility>

namespace pixelpool {
namespace {

auto is(Owner owner) {
  return [owner](const auto& member) { return member.owner == owner; };
}

}  // namespace

Owner Members::join(Tell tell) {
  members_.push_back({++last_owner_, true, std::move(tell)});
  open_++;
  return last_owner_;
}

void Members::close(Owner owner) {
  const auto member = std::find_if(members_.begin(), members_.end(), is(owner));
  if (member == members_.end() || !member->open) return;
  member->open = false;
  open_--;
}

void Members::leave(Owner owner) {
  close(owner);
  members_.erase(std::remove_if(members_.begin(), members_.end(), is(owner)), members_.end());
}

bool Members::is_open(Owner owner) const {
  const auto member = std::find_if(members_.begin(), members_.end(), is(owner));
  return member != members_.end() && member->open;
}

Members::Tell Members::tell_of(Owner owner) const {
  const auto member = std::find_if(members_.begin(), members_.end(), is(owner));
  return member == members_.end() ? Tell() : member->tell;
}

std::vector<Members::Tell> Members::tells_beside(Owner owner) const {
  std::vector<Tell> tells;
  for (const Member& member : members_) {
    if (member.owner != owner) tells.push_back(member.tell);
  }
  return tells;
}

}  // namespace pixelpool
