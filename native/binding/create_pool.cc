#include "create_pool.h"

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
  options.slot_bytes = static_cast<std::size_t>(given.number("slotBytes"));
  options.slot_count = static_cast<std::uint32_t>(given.number("slots"));
  options.huge_pages = given.flag("hugePages");
  options.clear_on_acquire = given.flag("clearOnAcquire");
  if (given.is_number("fillOnRelease")) {
    options.fill_on_release = static_cast<std::uint8_t>(given.number("fillOnRelease"));
  }
  options.reuse = given.flag("coldestFirst") ? Reuse::coldest_first : Reuse::warmest_first;
  options.views_stay = !given.flag("revoke");
  options.log_leaks = given.flag("logLeaks");
  const bool keeps_wraps = given.flag("keepsWraps");
  const auto bell = static_cast<std::size_t>(given.number("bell"));
  if (!given.is_whole()) return {};

  const auto member = std::make_shared<Member>();
  const Status status = Pool::create(options, member->pool);
  if (status != Status::ok) return Napi::String::New(info.Env(), "out of memory");
  member->owner = member->pool->join();
  member->keeps_wraps = keeps_wraps;
  Environment& environment = Environment::of(info.Env());
  member->bell = environment.bell(bell);
  environment.add(member->pool, member->owner);
  return functions_of(info.Env(), member);
}

}  // namespace pixelpool
