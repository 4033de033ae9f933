#include "leased.h"

#include "../core/check.h"
#include "wrap.h"

namespace pixelpool {

Lease lease_of(const Napi::CallbackInfo& info) {
  const auto generation = info[1].As<Napi::Number>().Int64Value();
  return {info[0].As<Napi::Number>().Uint32Value(), static_cast<std::uint64_t>(generation)};
}

napi_value word(napi_env env, Status status) {
  switch (status) {
    case Status::exhausted:
      return Napi::String::New(env, "exhausted");
    case Status::closed:
      return Napi::String::New(env, "closed");
    case Status::held:
      return Napi::String::New(env, "held");
    default:
      return Napi::String::New(env, "stale");
  }
}

napi_value answer_lease(napi_env env, Member& member, const Leased& leased) {
  member.answer[Member::slot] = leased.lease.slot;
  member.answer[Member::generation] = static_cast<double>(leased.lease.generation);
  member.answer[Member::wrap] = static_cast<double>(leased.wrap);
  if (!leased.kept) return wrap_or_undo(env, member, leased.lease, leased.wrap);
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
