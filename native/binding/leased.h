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

// The words in which src/native.ts declares refusals.
[[nodiscard]] napi_value word(napi_env env, Status status);

// A lease that has begun, with one handle.
struct Leased {
  Lease lease;
  Wrap wrap;
  bool kept;
};

// The lease goes into the member's answer; what is returned is the ArrayBuffer of a new wrap, or
// null where the thread has kept one.
[[nodiscard]] napi_value answer_lease(napi_env env, Member& member, const Leased& leased);

// The ArrayBuffer of a new wrap. Where there can be none the handle ends again, so that no slot is
// held by nothing.
[[nodiscard]] napi_value wrap_or_undo(napi_env env, const Member& member, const Lease& lease,
                                      Wrap wrap);

}  // namespace pixelpool
