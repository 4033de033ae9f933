#pragma once

#include <napi.h>

#include <algorithm>
#include <cstddef>

#include "../codec/decoder.h"
#include "../codec/libvips_job.h"
#include "codec_words.h"
#include "slot_memory.h"

namespace pixelpool {

// What the functions of a codec share: they are bound to one libvips, and run jobs of it.

inline const Libvips& vips_of(const Napi::CallbackInfo& info) {
  return *static_cast<const Libvips*>(info.Data());
}

inline Target target_of(const SlotMemory& memory) {
  return {memory.start(), memory.bytes()};
}

// Its first bytes: a tenant may have been charged with less than the slot has.
inline Target target_of(const SlotMemory& memory, std::size_t bytes) {
  return {memory.start(), std::min(memory.bytes(), bytes)};
}

// Runs one job on this thread: `job(plan)` answers how it ended. What libvips holds for it is
// given back before the report is read.
template <typename Function>
void run(const Libvips& vips, Report& report, const Function& job) {
  const LibvipsJob libvips_job(vips);
  Plan plan;
  report.outcome = job(plan);
  report.facts = facts_of(plan);
  // Operations in libvips' cache may keep the image: not what it has open.
  if (plan.image != nullptr) vips.vips_image_minimise_all(plan.image.get());
  if (report.outcome != Outcome::ok) report.message = libvips_job.message();
}

}  // namespace pixelpool
