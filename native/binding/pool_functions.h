#pragma once

#include <napi.h>

#include <memory>

#include "member.h"

namespace pixelpool {

// The functions that JavaScript calls on a pool, bound to one membership, and the Float64Array that
// their answers are read from. src/native.ts declares them.
[[nodiscard]] Napi::Value functions_of(Napi::Env env, const std::shared_ptr<Member>& member);

}  // namespace pixelpool
