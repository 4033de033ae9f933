#pragma once

#include <napi.h>

namespace pixelpool {

// createPool(options): a new pool, as an object of functions bound to it, or the word
// 'out of memory'. src/native.ts declares them.
Napi::Value create_pool(const Napi::CallbackInfo& info);

}  // namespace pixelpool
