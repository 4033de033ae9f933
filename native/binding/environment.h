#pragma once

#include <napi.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../core/pool.h"
#include "bell.h"

namespace pixelpool {

// One thread's side of the addon (Node calls it an environment): its bells and its memberships.
class Environment {
 public:
  // See wrap.cc for what ends_by_finalizers says of the runtime.
  Environment(Napi::Env env, bool ends_by_finalizers);
  [[nodiscard]] static Environment& of(Napi::Env env);

  // False when the thread is ending: nothing of JavaScript can be made or called any more.
  [[nodiscard]] static bool can_call(napi_env env);

  // Whether the end of the thread waits for the native work that it has begun, as Node does.
  [[nodiscard]] static bool waits_for_work(Napi::Env env);

  // The pool's owner leaves it when the environment ends.
  void add(const std::shared_ptr<Pool>& pool, Owner owner);

  // One for each copy of our JavaScript in this thread: a test runner may load several.
  std::size_t add(std::shared_ptr<Bell> bell);
  [[nodiscard]] const std::shared_ptr<Bell>& bell(std::size_t index) const;
  [[nodiscard]] bool ends_by_finalizers() const { return ends_by_finalizers_; }
  [[nodiscard]] Home home() const { return home_; }

 private:
  static void clean_up(void* environment);

  const bool ends_by_finalizers_;
  const Home home_;
  std::vector<std::shared_ptr<Bell>> bells_;
  std::vector<std::pair<std::weak_ptr<Pool>, Owner>> memberships_;
};

}  // namespace pixelpool
