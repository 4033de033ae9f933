#include "budget.h"

#include <algorithm>

#include "check.h"

namespace pixelpool {

bool Budget::charge(std::uint32_t slot, std::size_t bytes, std::size_t asked) {
  Account& account = accounts_[slot];
  CHECK(account.used == 0);
  CHECK(bytes > 0);
  if (lack(slot, bytes) > 0) return false;
  if (bytes > account.held) {
    if (account.held == 0) add_holder(slot);
    if (account.held < account.most) regrown_ += std::min(bytes, account.most) - account.held;
    held_ += bytes - account.held;
    peak_ = std::max(peak_, held_);
    account.held = bytes;
    account.most = std::max(account.most, bytes);
  }
  account.used = bytes;
  account.asked = asked;
  account.stuck = false;
  account.idle_since = ++ticks_;
  used_ += bytes;
  asked_ += asked;
  return true;
}

std::size_t Budget::lack(std::uint32_t slot, std::size_t bytes) const {
  const Account& account = accounts_[slot];
  if (bytes <= account.held) return 0;
  const std::size_t more = bytes - account.held;
  const std::size_t left = limit_ - held_;
  return more <= left ? 0 : more - left;
}

void Budget::end_use(std::uint32_t slot) {
  Account& account = accounts_[slot];
  used_ -= account.used;
  asked_ -= account.asked;
  account.used = 0;
  account.asked = 0;
  account.idle_since = ++ticks_;
}

void Budget::shrink(std::uint32_t slot, std::size_t to) {
  Account& account = accounts_[slot];
  CHECK(account.used <= to);
  if (to >= account.held) return;
  held_ -= account.held - to;
  account.held = to;
  if (to == 0) remove_holder(slot);
}

std::optional<std::uint32_t> Budget::longest_idle(const Filter& may_be_taken) const {
  std::optional<std::uint32_t> found;
  for (const std::uint32_t slot : holders_) {
    if (idle(slot) == 0 || accounts_[slot].stuck) continue;
    if (found.has_value() && accounts_[*found].idle_since < accounts_[slot].idle_since) continue;
    if (may_be_taken(slot)) found = slot;
  }
  return found;
}

void Budget::add_holder(std::uint32_t slot) {
  accounts_[slot].holder = holders_.size();
  holders_.push_back(slot);
}

void Budget::remove_holder(std::uint32_t slot) {
  const std::size_t place = accounts_[slot].holder;
  const std::uint32_t last = holders_.back();
  holders_[place] = last;
  accounts_[last].holder = place;
  holders_.pop_back();
}

}  // namespace pixelpool
