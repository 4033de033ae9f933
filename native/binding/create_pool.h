#pragma once

#include <napi.h>

#include <cstddef>
#include <memory>

#include "../core/pool.h"

namespace pixelpool {

// createPool(options): the functions of a new pool, or the word 'out of memory'.
Napi::Value create_pool(const Napi::CallbackInfo& info);

// How a thread uses a pool: whether it can use a wrap for one tenancy after another, and the number
// of the bell that start() answered.
struct Joining {
  bool keeps_wraps;
  std::size_t bell;
};

// The functions of a new membership, or the word 'closed'.
Napi::Value join_pool(Napi::Env env, const std::shared_ptr<Pool>& pool, const Joining& joining);

}  // namespace pixelpool
