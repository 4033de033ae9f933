#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "slots.h"

namespace pixelpool {

// Those who use one pool: joined --close()--> closed --leave()--> gone, or gone at once.
class Members {
 public:
  using Tell = std::function<void()>;

  [[nodiscard]] Owner join(Tell tell);
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
  // Of all but this one.
  [[nodiscard]] std::vector<Tell> tells_beside(Owner owner) const;

 private:
  struct Member {
    Owner owner;
    bool open;
    bool parted;
    Tell tell;
  };

  [[nodiscard]] const Member* find(Owner owner) const;
  Member* find(Owner owner) { return const_cast<Member*>(std::as_const(*this).find(owner)); }

  std::vector<Member> members_;  // by owner, ascending
  std::uint32_t open_ = 0;
  Owner last_owner_ = no_owner;
};

}  // namespace pixelpool
