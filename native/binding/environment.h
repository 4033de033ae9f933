#pragma once

#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "../core/pool.h"
#include "bell.h"

namespace pixelpool {

// One thread's side of the addon (Node calls it an environment): its bell and its memberships.
class Environment {
 public:
  // See wrap.cc for what ends_by_finalizers says of the runtime.
  Environment(Napi::Env env, std::shared_ptr<Bell> bell, bool ends_by_finalizers);
  [[nodiscard]] static Environment& of(Napi::Env env);

  // The pool's owner leaves it when the environment ends.
  void add(const std::shared_ptr<Pool>& pool, Owner owner);

  [[nodiscard]] const std::shared_ptr<Bell>& bell() const { return bell_; }
  [[nodiscard]] bool ends_by_finalizers() const { return ends_by_finalizers_; }

 private:
  static void clean_up(void* environment);

  const std::shared_ptr<Bell> bell_;
  const bool ends_by_finalizers_;
  std::vector<std::pair<std::weak_ptr<Pool>, Owner>> memberships_;
};

}  // namespace pixelpool
