#include "stats.h"

#include <chrono>
#include <string>

#include "answer.h"

namespace pixelpool {

Napi::Value to_object(Napi::Env env, const PoolStats& stats) {
  Answer answer(env);
  const auto set = [&answer](const char* name, auto value) {
    answer.set(name, static_cast<double>(value));
  };
  set("slots", stats.slots);
  set("free", stats.free);
  set("leased", stats.leased);
  set("pinned", stats.pinned);
  set("quarantined", stats.quarantined);
  set("reservedBytes", stats.reserved_bytes);
  set("residentBytes", stats.resident_bytes);
  set("budgetBytes", stats.budget_bytes);
  set("heldBytes", stats.held_bytes);
  set("peakHeldBytes", stats.held_peak_bytes);
  set("usedBytes", stats.used_bytes);
  set("askedBytes", stats.asked_bytes);
  set("scratchSlots", stats.scratch_slots);
  set("scratchBytes", stats.scratch_bytes);
  set("peakScratchBytes", stats.scratch_peak_bytes);
  set("waiting", stats.waiting);
  set("peakLeased", stats.counters.leased_peak);
  set("acquires", stats.counters.acquires);
  set("releases", stats.counters.releases);
  set("exhausted", stats.counters.exhausted);
  set("leaked", stats.counters.leaked);
  set("trimmedBytes", stats.trimmed_bytes);
  set("regrownBytes", stats.regrown_bytes);
  set("trimmingMs", std::chrono::duration<double, std::milli>(stats.trimming).count());
  return answer.value();
}

Napi::Value to_object(Napi::Env env, const Demands& demands) {
  Answer answer(env);
  answer.set("peakBytes", static_cast<double>(demands.peak()));
  // Of each class, one after the other.
  Answer numbers(env, Napi::Array::New(env));
  std::size_t at = 0;
  for (const SizeDemand& each : demands.sizes()) {
    for (const double number :
         {static_cast<double>(each.tenancies), static_cast<double>(each.largest_bytes),
          static_cast<double>(each.at_once_peak)}) {
      numbers.set(std::to_string(at++).c_str(), number);
    }
  }
  answer.set("sizes", static_cast<napi_value>(numbers.value()));
  return answer.value();
}

}  // namespace pixelpool
