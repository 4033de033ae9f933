#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>

#include "harness.h"
#include "pool.h"

namespace pixelpool {

inline std::shared_ptr<Pool> make(const PoolOptions& options) {
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(options, pool) == Status::ok);
  return pool;
}

// A member of a pool that leases slots, writes into them and looks at what is there.
class Tenant {
 public:
  explicit Tenant(const std::shared_ptr<Pool>& pool) : pool_(pool) {
    static std::atomic<Home> last{1'000'000};
    const auto ring = [rings = rings_] { (*rings)++; };
    EXPECT(pool->join(++last, ring, owner_) == Status::ok);
  }

  [[nodiscard]] Owner owner() const { return owner_; }
  [[nodiscard]] int rings() const { return *rings_; }

  Status take(const Demand& demand, Grant& grant) { return pool_->acquire(owner_, demand, grant); }
  Grant take(const Demand& demand) {  // which is to succeed
    Grant grant;
    EXPECT(take(demand, grant) == Status::ok);
    return grant;
  }
  void drop(const Grant& grant) {
    bool kept = false;
    EXPECT(pool_->release(grant.lease, grant.wrap, true, kept) == Status::ok);
  }
  Ticket wait(const Demand& demand) {
    Ticket ticket = 0;
    EXPECT(pool_->wait(owner_, demand, ticket) == Status::ok);
    return ticket;
  }
  Status take_grant(Grant& grant) { return pool_->take_grant(owner_, grant); }

  // All that he may touch.
  void paint(const Grant& grant, int value) { std::memset(start(grant), value, bytes(grant)); }
  [[nodiscard]] bool shows(const Grant& grant, int value) const {
    return std::all_of(start(grant), start(grant) + bytes(grant),
                       [value](std::byte each) { return each == static_cast<std::byte>(value); });
  }
  [[nodiscard]] std::byte* start(const Grant& grant) const {
    return pool_->start(grant.lease.slot);
  }
  [[nodiscard]] std::size_t bytes(const Grant& grant) const {
    return pool_->tenant_bytes(grant.lease.slot);
  }

 private:
  const std::shared_ptr<Pool> pool_;
  const std::shared_ptr<std::atomic<int>> rings_ = std::make_shared<std::atomic<int>>(0);
  Owner owner_ = no_owner;
};

}  // namespace pixelpool
