#include "bell.h"

#include <utility>

namespace pixelpool {

std::shared_ptr<Bell> Bell::create(Napi::Env env, Napi::Function on_ring) {
  auto bell = std::make_shared<Bell>();
  // The runtime's own hold. It lets go when it has closed the function, by itself or for us.
  auto* const hold = new std::shared_ptr<Bell>(bell);
  const auto let_go = [](napi_env, void* data, void*) {
    const std::unique_ptr<std::shared_ptr<Bell>> last(static_cast<std::shared_ptr<Bell>*>(data));
    (*last)->take();
  };
  const auto status =
      napi_create_threadsafe_function(env, on_ring, nullptr, Napi::String::New(env, "pixelpool"), 0,
                                      1, hold, let_go, bell.get(), hear, &bell->function_);
  if (status == napi_ok) {
    napi_unref_threadsafe_function(env, bell->function_);
  } else {
    delete hold;  // the thread is ending: nobody will hear
  }
  return bell;
}

void Bell::hear(napi_env env, napi_value on_ring, void* context, void*) {
  // The runtime empties its queue after let_go(): the bell may be gone.
  if (env == nullptr || on_ring == nullptr) return;
  auto* const bell = static_cast<Bell*>(context);
  {
    const std::lock_guard lock(bell->mutex_);
    bell->ringing_ = false;
  }
  napi_value self = nullptr;
  napi_get_undefined(env, &self);
  napi_call_function(env, self, on_ring, 0, nullptr, nullptr);
}

void Bell::ring() {
  const std::lock_guard lock(mutex_);
  if (function_ == nullptr || ringing_) return;
  const auto status = napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
  ringing_ = status == napi_ok;
  // The runtime has closed it already: it must not be touched again.
  if (status == napi_closing) function_ = nullptr;
}

void Bell::close() {
  const napi_threadsafe_function function = take();
  if (function != nullptr) napi_release_threadsafe_function(function, napi_tsfn_abort);
}

napi_threadsafe_function Bell::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(function_, nullptr);
}

}  // namespace pixelpool
