#include "create_pool.h"

#include <cstdint>
#include <memory>

#include "environment.h"
#include "member.h"
#include "pool_functions.h"

namespace pixelpool {

Napi::Value create_pool(const Napi::CallbackInfo& info) {
  const auto given = info[0].As<Napi::Object>();
  const auto number = [&given](const char* name) {
    return given.Get(name).As<Napi::Number>().Int64Value();
  };
  const auto flag = [&given](const char* name) {
    return given.Get(name).As<Napi::Boolean>().Value();
  };
  const Napi::Value fill = given.Get("fillOnRelease");
  PoolOptions options;
  options.slot_bytes = static_cast<std::size_t>(number("slotBytes"));
  options.slot_count = static_cast<std::uint32_t>(number("slots"));
  options.huge_pages = flag("hugePages");
  options.clear_on_acquire = flag("clearOnAcquire");
  if (fill.IsNumber()) options.fill_on_release = static_cast<std::uint8_t>(number("fillOnRelease"));
  options.reuse = flag("coldestFirst") ? Reuse::coldest_first : Reuse::warmest_first;
  options.views_stay = !flag("revoke");
  options.log_leaks = flag("logLeaks");

  const auto member = std::make_shared<Member>();
  const Status status = Pool::create(options, member->pool);
  if (status != Status::ok) return Napi::String::New(info.Env(), "out of memory");
  member->owner = member->pool->join();
  member->keeps_wraps = flag("keepsWraps");
  Environment& environment = Environment::of(info.Env());
  member->bell = environment.bell(static_cast<std::size_t>(number("bell")));
  environment.add(member->pool, member->owner);
  return functions_of(info.Env(), member);
}

}  // namespace pixelpool
