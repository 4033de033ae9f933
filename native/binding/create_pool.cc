#include "create_pool.h"

#include <chrono>
#include <cstdint>
#include <memory>

#include "answer.h"
#include "environment.h"
#include "member.h"
#include "pool_functions.h"

namespace pixelpool {

Napi::Value create_pool(const Napi::CallbackInfo& info) {
  Given given(info[0]);
  PoolOptions options;
  const bool has_budget = given.is_number("budget");
  if (has_budget) options.budget = static_cast<std::size_t>(given.number("budget"));
  const auto classes = given.numbers("classes");
  for (std::size_t i = 0; i + 2 < classes.size(); i += 3) {
    options.classes.push_back({static_cast<std::size_t>(classes[i]),
                               static_cast<std::uint32_t>(classes[i + 1]), classes[i + 2] == 1,
                               has_budget});
  }
  const auto limits = given.numbers("scratchLimits");
  const auto directories = given.texts("scratchDirectories");
  for (std::size_t i = 0; i < limits.size() && i < directories.size(); i++) {
    options.scratch.push_back({directories[i], static_cast<std::size_t>(limits[i])});
  }
  if (given.is_number("idleAfterMs")) {
    const std::chrono::milliseconds after(given.number("idleAfterMs"));
    options.idle = IdleOptions{after, static_cast<std::uint32_t>(given.number("idleKeep"))};
  }
  options.contents.clear = given.flag("clear");
  options.clear_on_release = given.flag("clearOnRelease");
  if (given.is_number("fillOnRelease")) {
    options.contents.fill_on_release = static_cast<std::uint8_t>(given.number("fillOnRelease"));
  }
  options.reuse = given.flag("coldestFirst") ? Reuse::coldest_first : Reuse::warmest_first;
  options.views_stay = !given.flag("revoke");
  options.log_leaks = given.flag("logLeaks");
  const bool keeps_wraps = given.flag("keepsWraps");
  const auto bell = static_cast<std::size_t>(given.number("bell"));
  if (!given.is_whole()) return {};

  std::shared_ptr<Pool> pool;
  const Status status = Pool::create(options, pool);
  if (status != Status::ok) return Napi::String::New(info.Env(), "out of memory");
  return join_pool(info.Env(), pool, {keeps_wraps, bell});
}

Napi::Value join_pool(Napi::Env env, const std::shared_ptr<Pool>& pool, const Joining& joining) {
  Environment& environment = Environment::of(env);
  const auto member = std::make_shared<Member>();
  member->pool = pool;
  member->keeps_wraps = joining.keeps_wraps;
  member->bell = environment.bell(joining.bell);
  const auto tell = [bell = member->bell] { bell->ring(); };
  if (pool->join(environment.home(), tell, member->owner) != Status::ok)
    return Napi::String::New(env, "closed");
  environment.add(pool, member->owner);
  return functions_of(env, member);
}

}  // namespace pixelpool
