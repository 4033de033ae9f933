#pragma once

#include <napi.h>

#include <memory>

#include "../core/slot_job.h"
#include "bell.h"

namespace pixelpool {

// A slot's memory on its way from the pool to a native job: what JavaScript passes from the one
// function to the other. If nobody takes it, the collector ends the job.
struct SlotMemory {
  std::unique_ptr<SlotJob> job;
  std::shared_ptr<Bell> bell;  // rings when the slot came back at the job's end

  void end() const {
    if (job->end()) bell->ring();
  }
};

[[nodiscard]] Napi::Value to_external(Napi::Env env, SlotMemory memory);

// Once for each external.
[[nodiscard]] std::shared_ptr<SlotMemory> take_slot_memory(Napi::Value external);

}  // namespace pixelpool
