#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <utility>

#include "../core/slot_job.h"
#include "bell.h"

namespace pixelpool {

// A slot's memory for one native job: on its way from the pool's function to the codec's, then in
// the job. The collector ends one that nobody took on the way.
class SlotMemory {
 public:
  // The bell rings when the slot came back at the end.
  SlotMemory(SlotJob job, std::shared_ptr<Bell> bell)
      : job_(std::move(job)), bell_(std::move(bell)) {}

  // True for the first who asks, from whatever thread: he writes to it and ends it, or ends it.
  [[nodiscard]] bool claim() { return !claimed_.exchange(true); }
  void end() {
    if (job_.end()) bell_->ring();
  }

  [[nodiscard]] std::byte* start() const { return job_.start(); }
  [[nodiscard]] std::size_t bytes() const { return job_.bytes(); }

 private:
  SlotJob job_;
  std::shared_ptr<Bell> bell_;
  std::atomic<bool> claimed_ = false;
};

// Empty in a thread that ends.
[[nodiscard]] Napi::Value to_external(Napi::Env env, SlotJob job, std::shared_ptr<Bell> bell);

// Once for each external. Null where there was none.
[[nodiscard]] std::shared_ptr<SlotMemory> take_slot_memory(Napi::Value external);

}  // namespace pixelpool
