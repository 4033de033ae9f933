#pragma once

#include <napi.h>

#include <functional>
#include <vector>

namespace pixelpool {

// One piece of native work, off the JavaScript thread.
struct Work {
  std::function<void()> execute;                 // on a thread of libuv's pool
  std::function<Napi::Value(Napi::Env)> answer;  // back in the JavaScript thread
  std::vector<Napi::Value> kept;                 // reachable until then
};

// Answers a promise of the work's answer, or nothing in a thread that ends. It settles only if the
// thread lives to see it; what the work's functions hold is let go in any case.
[[nodiscard]] Napi::Value begin(Napi::Env env, Work work);

}  // namespace pixelpool
