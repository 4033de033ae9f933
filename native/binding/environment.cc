#include "environment.h"

#include <algorithm>
#include <atomic>

#include "../core/check.h"

namespace pixelpool {

namespace {

Home next_home() {
  static std::atomic<Home> last{0};
  return ++last;
}

}  // namespace

Environment::Environment(Napi::Env env, bool ends_by_finalizers)
    : ends_by_finalizers_(ends_by_finalizers), home_(next_home()) {
  napi_add_env_cleanup_hook(env, clean_up, this);
}

Environment& Environment::of(Napi::Env env) {
  return *env.GetInstanceData<Environment>();
}

bool Environment::can_call(napi_env env) {
  napi_value global = nullptr;
  bool found = false;
  return napi_get_global(env, &global) == napi_ok &&
         napi_has_named_property(env, global, "x", &found) == napi_ok;
}

bool Environment::waits_for_work(Napi::Env env) {
  const auto* const environment = env.GetInstanceData<Environment>();
  return environment != nullptr && environment->ends_by_finalizers_;
}

void Environment::add(const std::shared_ptr<Pool>& pool, Owner owner) {
  const auto ended = [](const auto& each) {
    const auto alive = each.first.lock();
    return alive == nullptr || !alive->has_member(each.second);
  };
  memberships_.erase(std::remove_if(memberships_.begin(), memberships_.end(), ended),
                     memberships_.end());
  memberships_.emplace_back(pool, owner);
}

std::size_t Environment::add(std::shared_ptr<Bell> bell) {
  bells_.push_back(std::move(bell));
  return bells_.size() - 1;
}

const std::shared_ptr<Bell>& Environment::bell(std::size_t index) const {
  CHECK(index < bells_.size());
  return bells_[index];
}

void Environment::clean_up(void* data) {
  auto* const environment = static_cast<Environment*>(data);
  for (const auto& bell : environment->bells_) bell->close();
  for (const auto& [pool, owner] : environment->memberships_) {
    if (const auto alive = pool.lock()) alive->leave(owner);
  }
  environment->memberships_.clear();
}

}  // namespace pixelpool
