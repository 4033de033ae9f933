#include "stats.h"

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
  set("slotBytes", stats.slot_bytes);
  set("reservedBytes", stats.reserved_bytes);
  set("residentBytes", stats.resident_bytes);
  set("waiting", stats.waiting);
  set("peakLeased", stats.counters.leased_peak);
  set("acquires", stats.counters.acquires);
  set("releases", stats.counters.releases);
  set("exhausted", stats.counters.exhausted);
  set("leaked", stats.counters.leaked);
  set("trimmedBytes", stats.trimmed_bytes);
  return answer.value();
}

}  // namespace pixelpool
