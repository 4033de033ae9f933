#pragma once

#include <napi.h>

#include "../core/pool.h"

namespace pixelpool {

// As src/native.ts declares them.
[[nodiscard]] Napi::Value to_object(Napi::Env env, const PoolStats& stats);
[[nodiscard]] Napi::Value to_object(Napi::Env env, const Demands& demands);

}  // namespace pixelpool
