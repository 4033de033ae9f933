#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "slots.h"

namespace pixelpool {

// The threads that use one pool: joined --close()--> closed --leave()--> gone, or gone at once.
class Members {
 public:
  using Tell = std::function<void()>;

  [[nodiscard]] Owner join(Tell tell);
  void close(Owner owner);
  void leave(Owner owner);

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
    Tell tell;
  };

  std::vector<Member> members_;
  std::uint32_t open_ = 0;
  Owner last_owner_ = no_owner;
};

}  // namespace pixelpool
