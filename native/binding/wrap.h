#pragma once

#include <napi.h>

#include <cstdint>

#include "member.h"

namespace pixelpool {

// Makes an external ArrayBuffer over a slot and gives it the wrap's name: when no JavaScript of any
// thread can reach the memory any more, the pool is told by that name. Answers an empty value where
// the runtime forbids external ArrayBuffers.
[[nodiscard]] napi_value wrap_slot(Napi::Env env, const Member& member, std::uint32_t slot,
                                   Wrap wrap);

}  // namespace pixelpool
