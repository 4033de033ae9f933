#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "slots.h"

namespace pixelpool {

// Names a thread for as long as it lives.
using Home = std::uint64_t;

// Those who use one pool: joined --close()--> closed --leave()--> gone, or gone at once.
class Members {
 public:
  using Tell = std::function<void()>;

  [[nodiscard]] Owner join(Home home, Tell tell);
  void close(Owner owner);
  void leave(Owner owner);
  // Closed, and leaves by itself as soon as leave_parted() is called while it holds nothing.
  void part(Owner owner);
  void leave_parted(const std::function<bool(Owner)>& holds);
  [[nodiscard]] bool has(Owner owner) const { return find(owner) != nullptr; }

  // Whether this one may acquire.
  [[nodiscard]] bool is_open(Owner owner) const;
  // Whether anybody may.
  [[nodiscard]] bool has_open() const { return open_ > 0; }
  // Empty for one that has gone.
  [[nodiscard]] Tell tell_of(Owner owner) const;
  // Whether both are of one thread.
  [[nodiscard]] bool live_together(Owner one, Owner other) const;

  // Asks all but this one to look for what they have forgotten.
  [[nodiscard]] std::vector<Tell> ask_beside(Owner owner);
  [[nodiscard]] bool take_asked(Owner owner);
  // Whether more were served than when this one last wanted to know.
  [[nodiscard]] bool has_seen_less(Owner owner, std::uint64_t served);

 private:
  struct Member {
    Owner owner;
    Home home;
    Tell tell;
    bool open = true;
    bool parted = false;
    bool asked = false;
    std::uint64_t seen = 0;  // how many had been served
  };

  [[nodiscard]] const Member* find(Owner owner) const;
  Member* find(Owner owner) { return const_cast<Member*>(std::as_const(*this).find(owner)); }

  std::vector<Member> members_;  // by owner, ascending
  std::uint32_t open_ = 0;
  Owner last_owner_ = no_owner;
};

}  // namespace pixelpool
