#include "moves.h"

#include <algorithm>

namespace pixelpool {

std::optional<Lease> Moves::take(const Key& key, Time now) {
  const auto found = std::find_if(moves_.begin(), moves_.end(), [&](const Entry& entry) {
    return entry.move.key == key && now < entry.move.expires;
  });
  if (found == moves_.end()) return std::nullopt;
  const Lease lease = found->lease;
  moves_.erase(found);
  return lease;
}

std::optional<Lease> Moves::take_expired(Time now) {
  const auto found = std::find_if(moves_.begin(), moves_.end(),
                                  [now](const Entry& entry) { return entry.move.expires <= now; });
  if (found == moves_.end()) return std::nullopt;
  const Lease lease = found->lease;
  moves_.erase(found);
  return lease;
}

}  // namespace pixelpool
