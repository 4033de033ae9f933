#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "slots.h"

namespace pixelpool {

using Time = std::chrono::steady_clock::time_point;

// The secret of one move: who has it may adopt the lease, once.
using Key = std::string;

struct Move {
  Key key;
  Time expires;
};

// The leases on their way from one owner to another. They belong to the pool, not to their sender.
class Moves {
 public:
  void add(const Move& move, const Lease& lease) { moves_.push_back({move, lease}); }
  // Empty when there is no such move, or it has run out.
  [[nodiscard]] std::optional<Lease> take(const Key& key, Time now);
  // One that has run out.
  [[nodiscard]] std::optional<Lease> take_expired(Time now);
  [[nodiscard]] bool empty() const { return moves_.empty(); }

 private:
  struct Entry {
    Move move;
    Lease lease;
  };

  std::vector<Entry> moves_;
};

}  // namespace pixelpool
