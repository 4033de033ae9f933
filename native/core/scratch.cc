#include "scratch.h"

#include <algorithm>

#include "check.h"

namespace pixelpool {

Scratch::Scratch(const std::vector<ScratchOptions>& directories) {
  for (const ScratchOptions& each : directories) directories_.push_back({each});
}

std::optional<std::size_t> Scratch::take(std::uint32_t slot, const Need& need, std::size_t first) {
  CHECK(!has(slot));
  for (std::size_t i = first; i < directories_.size(); i++) {
    Directory& directory = directories_[i];
    if (need.file_bytes > directory.options.limit - directory.held) continue;
    directory.held += need.file_bytes;
    held_ += need.file_bytes;
    peak_ = std::max(peak_, held_);
    taken_.emplace(slot, Taken{i, need});
    return i;
  }
  return std::nullopt;
}

bool Scratch::begin_return(std::uint32_t slot) {
  const auto found = taken_.find(slot);
  if (found == taken_.end() || found->second.use != Use::over) return false;
  found->second.use = Use::returning;
  return true;
}

bool Scratch::is_short(const Need& need) const {
  const auto has_room = [&need](const Directory& each) {
    return need.file_bytes <= each.options.limit - each.held;
  };
  if (std::any_of(directories_.begin(), directories_.end(), has_room)) return false;
  return std::any_of(taken_.begin(), taken_.end(), [](const auto& each) {
    return each.second.use == Use::over || each.second.use == Use::returning;
  });
}

void Scratch::give_back(std::uint32_t slot) {
  const auto found = taken_.find(slot);
  CHECK(found != taken_.end());
  const Taken& taken = found->second;
  directories_[taken.directory].held -= taken.need.file_bytes;
  held_ -= taken.need.file_bytes;
  taken_.erase(found);
}

std::vector<std::uint32_t> Scratch::slots() const {
  std::vector<std::uint32_t> slots;
  for (const auto& [slot, taken] : taken_) slots.push_back(slot);
  return slots;
}

}  // namespace pixelpool
