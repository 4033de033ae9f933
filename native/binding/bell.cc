#include "bell.h"

#include <utility>

namespace pixelpool {

Bell::Bell(Napi::Env env, Napi::Function on_ring) {
  const auto hear = [](napi_env each, napi_value callback, void* context, void*) {
    auto* const bell = static_cast<Bell*>(context);
    {
      const std::lock_guard lock(bell->mutex_);
      bell->ringing_ = false;
    }
    if (each == nullptr || callback == nullptr) return;  // the thread is ending
    napi_value self = nullptr;
    napi_get_undefined(each, &self);
    napi_call_function(each, self, callback, 0, nullptr, nullptr);
  };
  napi_create_threadsafe_function(env, on_ring, nullptr, Napi::String::New(env, "pixelpool"), 0, 1,
                                  nullptr, nullptr, this, hear, &function_);
  napi_unref_threadsafe_function(env, function_);
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
  napi_threadsafe_function function = nullptr;
  {
    const std::lock_guard lock(mutex_);
    std::swap(function, function_);
  }
  if (function != nullptr) napi_release_threadsafe_function(function, napi_tsfn_abort);
}

}  // namespace pixelpool
