#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pixelpool {

// An object that JavaScript is answered with, and one that it gives. Plain Node-API, whose failures
// are passed over: while a worker is being terminated its JavaScript still runs for a moment, but
// no property can be read or set and no function made any more. node-addon-api makes errors of
// that, and ends the process when it cannot. What is answered then reaches nobody.

class Answer {
 public:
  explicit Answer(napi_env env) : env_(env) { napi_create_object(env, &object_); }
  Answer(napi_env env, napi_value object) : env_(env), object_(object) {}

  void set(const char* name, napi_value value) {
    if (value != nullptr) napi_set_named_property(env_, object_, name, value);
  }
  void set(const char* name, double value);
  void set(const char* name, const std::string& value);

  // A function that is called back with `data`.
  template <Napi::Value (*callback)(const Napi::CallbackInfo&)>
  void set_function(const char* name, void* data = nullptr) {
    set(name, function(name, adapt<callback>, data));
  }
  // The same, and it keeps what `data` lies in.
  template <Napi::Value (*callback)(const Napi::CallbackInfo&), typename T>
  void set_function(const char* name, const std::shared_ptr<T>& data) {
    set_function(name, adapt<callback>, data);
  }
  template <typename T>
  void set_function(const char* name, napi_callback callback, const std::shared_ptr<T>& data) {
    const napi_value made = function(name, callback, data.get());
    if (made != nullptr && keep(made, data)) set(name, made);
  }

  // Keeps `data` for as long as the value lives. False where that cannot be promised.
  template <typename T>
  bool keep(napi_value value, const std::shared_ptr<T>& data) {
    using Hold = std::shared_ptr<T>;
    auto hold = std::make_unique<Hold>(data);
    const auto let_go = [](napi_env, void* held, void*) { delete static_cast<Hold*>(held); };
    if (napi_add_finalizer(env_, value, hold.get(), let_go, nullptr, nullptr) != napi_ok) {
      return false;
    }
    static_cast<void>(hold.release());
    return true;
  }

  [[nodiscard]] Napi::Value value() const { return {env_, object_}; }

 private:
  template <Napi::Value (*callback)(const Napi::CallbackInfo&)>
  static napi_value adapt(napi_env env, napi_callback_info info) {
    const Napi::CallbackInfo given(env, info);
    return callback(given);
  }
  napi_value function(const char* name, napi_callback callback, void* data);

  napi_env env_;
  napi_value object_ = nullptr;
};

class Given {
 public:
  explicit Given(Napi::Value object) : env_(object.Env()), object_(object) {}

  [[nodiscard]] std::int64_t number(const char* name);
  [[nodiscard]] bool flag(const char* name);
  [[nodiscard]] bool is_number(const char* name);
  [[nodiscard]] std::string text(const char* name);
  [[nodiscard]] std::vector<std::int64_t> numbers(const char* name);
  [[nodiscard]] std::vector<std::string> texts(const char* name);
  // False when anything could not be read.
  [[nodiscard]] bool is_whole() const { return whole_; }

 private:
  napi_value get(const char* name);
  [[nodiscard]] std::vector<napi_value> elements(const char* name);

  napi_env env_;
  napi_value object_;
  bool whole_ = true;
};

}  // namespace pixelpool
