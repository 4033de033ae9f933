#pragma once

#include <napi.h>

#include <mutex>

namespace pixelpool {

// Calls one JavaScript function of one thread soon, from any thread: how a finalizer, which may
// touch no JavaScript, lets its thread know that a slot came back. It never keeps a process alive.
class Bell {
 public:
  Bell(Napi::Env env, Napi::Function on_ring);

  // Rings before the last ring was heard are one ring. After close() it does nothing.
  void ring();
  void close();

 private:
  std::mutex mutex_;  // guards everything below; held across the call, which only queues
  napi_threadsafe_function function_ = nullptr;
  bool ringing_ = false;
};

}  // namespace pixelpool
