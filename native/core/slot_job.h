#pragma once

#include <memory>
#include <utility>

#include "pool.h"

namespace pixelpool {

// Native work on the memory of one slot. Until end() the slot is nobody else's and the memory is
// there, whatever becomes of the lease, the pool and the thread that began it. Any thread.
class SlotJob {
 public:
  SlotJob() = default;  // of no slot
  SlotJob(SlotJob&& other) noexcept : pool_(std::move(other.pool_)), lease_(other.lease_) {}
  SlotJob& operator=(SlotJob&& other) noexcept {
    end();
    pool_ = std::move(other.pool_);
    lease_ = other.lease_;
    return *this;
  }
  ~SlotJob() { end(); }

  [[nodiscard]] static Status begin(const std::shared_ptr<Pool>& pool, const Lease& lease,
                                    SlotJob& job) {
    const Status status = pool->begin_job(lease);
    if (status != Status::ok) return status;
    job = SlotJob();
    job.pool_ = pool;
    job.lease_ = lease;
    return Status::ok;
  }

  // True when the slot came back. Does nothing the second time.
  bool end() {
    const std::shared_ptr<Pool> pool = std::move(pool_);
    return pool != nullptr && pool->end_job(lease_);
  }

  [[nodiscard]] std::byte* start() const { return pool_->start(lease_.slot); }
  [[nodiscard]] std::size_t bytes() const { return pool_->tenant_bytes(lease_.slot); }

 private:
  std::shared_ptr<Pool> pool_;
  Lease lease_{};
};

}  // namespace pixelpool
