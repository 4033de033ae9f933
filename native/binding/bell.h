#pragma once

#include <napi.h>

#include <memory>
#include <mutex>

namespace pixelpool {

// Calls one JavaScript function of one thread soon, from any thread: how a finalizer, which may
// touch no JavaScript, lets its thread know that a slot came back. It never keeps a process alive.
class Bell {
 public:
  // The bell lives as long as anybody may ring it, and as long as a ring of it may be heard.
  [[nodiscard]] static std::shared_ptr<Bell> create(Napi::Env env, Napi::Function on_ring);

  // Rings before the last ring was heard are one ring. After close() it does nothing.
  void ring();
  void close();

 private:
  static void hear(napi_env env, napi_value on_ring, void* bell, void*);
  napi_threadsafe_function take();

  std::mutex mutex_;  // guards everything below; held across the call, which only queues
  napi_threadsafe_function function_ = nullptr;
  bool ringing_ = false;
};

}  // namespace pixelpool
