#include "sharing_functions.h"

#include <array>
#include <chrono>

#include "../core/check.h"
#include "../core/registry.h"
#include "create_pool.h"
#include "leased.h"

namespace pixelpool {
namespace {

using Info = Napi::CallbackInfo;

Time now() {
  return std::chrono::steady_clock::now();
}

Napi::Value wait(const Info& info) {
  Member& member = member_of(info);
  Ticket ticket = 0;
  const std::array<napi_value, 2> given{info[0], info[1]};
  const Demand demand =
      info.Length() == 0 ? whole_slot(*member.pool) : demand_of(info.Env(), given.data());
  if (member.pool->wait(member.owner, demand, ticket) != Status::ok) {
    return Napi::String::New(info.Env(), "closed");
  }
  return Napi::Number::New(info.Env(), static_cast<double>(ticket));
}

Napi::Value stop_waiting(const Info& info) {
  const auto ticket = info[0].As<Napi::Number>().Int64Value();
  member_of(info).pool->stop_waiting(static_cast<Ticket>(ticket));
  return {};
}

// takeGrant(): as acquire(), with the ticket among the answers; or 'none'.
Napi::Value take_grant(const Info& info) {
  Member& member = member_of(info);
  Grant grant{};
  const Status status = member.pool->take_grant(member.owner, grant);
  if (status == Status::stale) return Napi::String::New(info.Env(), "none");
  member.answer[Member::ticket] = static_cast<double>(grant.ticket);
  if (status != Status::ok) return {info.Env(), word(info.Env(), status)};
  return {info.Env(), answer_lease(info.Env(), member, grant)};
}

// search(): whether anybody was served lately, else whether a slot is held by something that may
// let go of it.
Napi::Value search(const Info& info) {
  const Member& member = member_of(info);
  switch (member.pool->search(member.owner)) {
    case Pool::Hope::served:
      return Napi::String::New(info.Env(), "served");
    case Pool::Hope::held:
      return Napi::String::New(info.Env(), "held");
    case Pool::Hope::none:
      return Napi::String::New(info.Env(), "none");
  }
  return {};
}

Napi::Value take_asked(const Info& info) {
  const Member& member = member_of(info);
  return Napi::Boolean::New(info.Env(), member.pool->take_asked(member.owner));
}

// mayMove(slot, generation, wrap): null, or why not.
Napi::Value may_move(const Info& info) {
  const auto wrap = static_cast<Wrap>(info[2].As<Napi::Number>().Int64Value());
  const Status status = member_of(info).pool->may_move(lease_of(info), wrap);
  if (status != Status::ok) return {info.Env(), word(info.Env(), status)};
  return info.Env().Null();
}

// move(slot, generation, wrap, key, ms): true when this thread is to keep the wrap.
Napi::Value move(const Info& info) {
  Member& member = member_of(info);
  const auto wrap = static_cast<Wrap>(info[2].As<Napi::Number>().Int64Value());
  const std::chrono::milliseconds span(info[4].As<Napi::Number>().Int64Value());
  const Move move{info[3].As<Napi::String>(), now() + span};
  bool kept = false;
  const Status status = member.pool->move(lease_of(info), wrap, member.keeps_wraps, move, kept);
  CHECK(status == Status::ok);
  return Napi::Boolean::New(info.Env(), kept);
}

// adopt(key): as acquire(), or 'stale'.
Napi::Value adopt(const Info& info) {
  Member& member = member_of(info);
  Grant grant{};
  const Status status = member.pool->adopt(member.owner, info[0].As<Napi::String>(), now(), grant);
  if (status != Status::ok) return {info.Env(), word(info.Env(), status)};
  return {info.Env(), answer_lease(info.Env(), member, grant)};
}

Napi::Value expire(const Info& info) {
  return Napi::Boolean::New(info.Env(), member_of(info).pool->expire(now()));
}

Napi::Value share(const Info& info) {
  share(info[0].As<Napi::String>(), member_of(info).pool);
  return {};
}

}  // namespace

void add_sharing_functions(Answer& pool, const std::shared_ptr<Member>& member) {
  pool.set_function<wait>("wait", member);
  pool.set_function<stop_waiting>("stopWaiting", member);
  pool.set_function<take_grant>("takeGrant", member);
  pool.set_function<search>("search", member);
  pool.set_function<take_asked>("takeAsked", member);
  pool.set_function<may_move>("mayMove", member);
  pool.set_function<move>("move", member);
  pool.set_function<adopt>("adopt", member);
  pool.set_function<expire>("expire", member);
  pool.set_function<share>("share", member);
}

Napi::Value attach(const Info& info) {
  const auto pool = find_shared(info[0].As<Napi::String>());
  if (pool == nullptr) return Napi::String::New(info.Env(), "closed");
  const bool keeps_wraps = info[1].As<Napi::Boolean>();
  const auto bell = static_cast<std::size_t>(info[2].As<Napi::Number>().Int64Value());
  return join_pool(info.Env(), pool, {keeps_wraps, bell});
}

}  // namespace pixelpool
