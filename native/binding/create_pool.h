#pragma once

#include <napi.h>

namespace pixelpool {

// createPool(options): the functions of a new pool, or the word 'out of memory'.
Napi::Value create_pool(const Napi::CallbackInfo& info);

}  // namespace pixelpool
