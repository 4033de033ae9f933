#include "leased.h"

#include "../core/check.h"
#include "wrap.h"

namespace pixelpool {

Lease lease_of(const Napi::CallbackInfo& info) {
  const auto generation = info[1].As<Napi::Number>().Int64Value();
  return {info[0].As<Napi::Number>().Uint32Value(), static_cast<std::uint64_t>(generation)};
}

Demand demand_of(napi_env env, const napi_value* given) {
  std::uint32_t size_class = 0;
  std::int64_t bytes = 0;
  napi_get_value_uint32(env, given[0], &size_class);
  napi_get_value_int64(env, given[1], &bytes);
  return {static_cast<SizeClass>(size_class), static_cast<std::size_t>(bytes)};
}

napi_value word(napi_env env, Status status) {
  switch (status) {
    case Status::exhausted:
      return Napi::String::New(env, "exhausted");
    case Status::scratch_full:
      return Napi::String::New(env, "scratch full");
    case Status::out_of_memory:
      return Napi::String::New(env, "out of memory");
    case Status::closed:
      return Napi::String::New(env, "closed");
    case Status::held:
      return Napi::String::New(env, "held");
    default:
      return Napi::String::New(env, "stale");
  }
}

napi_value answer_lease(napi_env env, Member& member, const Grant& grant) {
  member.answer[Member::slot] = grant.lease.slot;
  member.answer[Member::generation] = static_cast<double>(grant.lease.generation);
  member.answer[Member::wrap] = static_cast<double>(grant.wrap);
  member.answer[Member::bytes] = static_cast<double>(grant.used_bytes);
  if (!grant.kept) return wrap_or_undo(env, member, grant.lease, grant.wrap);
  napi_value nothing = nullptr;
  napi_get_null(env, &nothing);
  return nothing;
}

napi_value wrap_or_undo(napi_env env, const Member& member, const Lease& lease, Wrap wrap) {
  const napi_value array_buffer = wrap_slot(env, member, lease.slot, wrap);
  if (array_buffer != nullptr) return array_buffer;
  bool kept = false;
  const Status status = member.pool->release(lease, wrap, false, kept);
  CHECK(status == Status::ok);
  return Napi::String::New(env, "unsupported");
}

}  // namespace pixelpool
