#include "environment.h"

#include <algorithm>

namespace pixelpool {

Environment::Environment(Napi::Env env, std::shared_ptr<Bell> bell, bool ends_by_finalizers)
    : bell_(std::move(bell)), ends_by_finalizers_(ends_by_finalizers) {
  napi_add_env_cleanup_hook(env, clean_up, this);
}

Environment& Environment::of(Napi::Env env) {
  return *env.GetInstanceData<Environment>();
}

void Environment::add(const std::shared_ptr<Pool>& pool, Owner owner) {
  const auto ended = [](const auto& each) { return each.first.expired(); };
  memberships_.erase(std::remove_if(memberships_.begin(), memberships_.end(), ended),
                     memberships_.end());
  memberships_.emplace_back(pool, owner);
}

void Environment::clean_up(void* data) {
  auto* const environment = static_cast<Environment*>(data);
  environment->bell_->close();
  for (const auto& [pool, owner] : environment->memberships_) {
    if (const auto alive = pool.lock()) alive->leave(owner);
  }
  environment->memberships_.clear();
}

}  // namespace pixelpool
