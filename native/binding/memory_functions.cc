#include "memory_functions.h"

#include <chrono>

#include "leased.h"
#include "stats.h"

namespace pixelpool {
namespace {

using Info = Napi::CallbackInfo;

Napi::Value trim(const Info& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(member_of(info).pool->trim()));
}

// trimIdle(ms): the time is the caller's.
Napi::Value trim_idle(const Info& info) {
  const std::chrono::milliseconds since(info[0].As<Napi::Number>().Int64Value());
  const std::size_t bytes = member_of(info).pool->trim_idle(Time(since));
  return Napi::Number::New(info.Env(), static_cast<double>(bytes));
}

Napi::Value stats(const Info& info) {
  return to_object(info.Env(), member_of(info).pool->stats());
}

Napi::Value demands(const Info& info) {
  return to_object(info.Env(), member_of(info).pool->demands());
}

// isInScratch(slot), for whoever holds the slot.
Napi::Value is_in_scratch(const Info& info) {
  const std::uint32_t slot = info[0].As<Napi::Number>();
  return Napi::Boolean::New(info.Env(), member_of(info).pool->is_in_scratch(slot));
}

Napi::Value full_scratch(const Info& info) {
  return Napi::String::New(info.Env(), member_of(info).pool->full_scratch());
}

}  // namespace

void add_memory_functions(Answer& pool, const std::shared_ptr<Member>& member) {
  pool.set_function<trim>("trim", member);
  pool.set_function<trim_idle>("trimIdle", member);
  pool.set_function<stats>("stats", member);
  pool.set_function<demands>("demands", member);
  pool.set_function<is_in_scratch>("isInScratch", member);
  pool.set_function<full_scratch>("fullScratch", member);
}

}  // namespace pixelpool
