#pragma once

#include <napi.h>

#include "member.h"

namespace pixelpool {

// What the functions of a pool are given of a lease, and what they answer.

[[nodiscard]] inline Member& member_of(const Napi::CallbackInfo& info) {
  return *static_cast<Member*>(info.Data());
}

// Every function that speaks of a lease takes it as its first two arguments: slot, generation.
[[nodiscard]] Lease lease_of(const Napi::CallbackInfo& info);

// What the functions that lease are asked for: a size class and bytes, or nothing for the whole of
// a slot where all are alike.
[[nodiscard]] Demand demand_of(napi_env env, const napi_value* given);
[[nodiscard]] inline Demand whole_slot(const Pool& pool) {
  return {0, pool.classes().front().slot_bytes};
}

// The words in which src/native.ts declares refusals.
[[nodiscard]] napi_value word(napi_env env, Status status);

// A lease that has begun, with one handle, goes into the member's answer; what is returned is the
// ArrayBuffer of a new wrap, or null where the thread has kept one.
[[nodiscard]] napi_value answer_lease(napi_env env, Member& member, const Grant& grant);

// The ArrayBuffer of a new wrap. Where there can be none the handle ends again, so that no slot is
// held by nothing.
[[nodiscard]] napi_value wrap_or_undo(napi_env env, const Member& member, const Lease& lease,
                                      Wrap wrap);

}  // namespace pixelpool
