#include "pool_functions.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "../core/check.h"
#include "answer.h"
#include "leased.h"
#include "memory_functions.h"
#include "sharing_functions.h"
#include "slot_memory.h"

namespace pixelpool {
namespace {

using Info = Napi::CallbackInfo;

// acquire() and release() are what a frame costs, so they speak Node-API itself: a pair takes
// some 10 ns less than through node-addon-api (without revocation 119 against 130 ns).

napi_value acquire(napi_env env, napi_callback_info info) {
  std::array<napi_value, 2> given;
  std::size_t count = given.size();
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, given.data(), nullptr, &data);
  auto& member = *static_cast<Member*>(data);
  const Demand demand = count == 0 ? whole_slot(*member.pool) : demand_of(env, given.data());

  Grant grant{};
  const auto acquire = [&] { return member.pool->acquire(member.owner, demand, grant); };
  Status status = acquire();
  if (status == Status::exhausted && member.pool->expire(std::chrono::steady_clock::now())) {
    status = acquire();
  }
  if (status == Status::exhausted || status == Status::scratch_full) {
    member.pool->count_exhausted(demand);
  }
  return status == Status::ok ? answer_lease(env, member, grant) : word(env, status);
}

napi_value release(napi_env env, napi_callback_info info) {
  std::array<napi_value, 3> given;
  std::size_t count = given.size();
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, given.data(), nullptr, &data);
  auto& member = *static_cast<Member*>(data);
  CHECK(count == given.size());

  Lease lease;
  std::int64_t generation = 0;
  std::int64_t wrap = 0;
  napi_get_value_uint32(env, given[0], &lease.slot);
  napi_get_value_int64(env, given[1], &generation);
  napi_get_value_int64(env, given[2], &wrap);
  lease.generation = static_cast<std::uint64_t>(generation);

  bool kept = false;
  const Status status =
      member.pool->release(lease, static_cast<Wrap>(wrap), member.keeps_wraps, kept);
  napi_value answer = nullptr;
  napi_get_boolean(env, status == Status::ok && kept, &answer);
  return answer;
}

Napi::Value retain(const Info& info) {
  Member& member = member_of(info);
  const Lease lease = lease_of(info);
  Wrap wrap;
  const Status status = member.pool->retain(lease, wrap);
  if (status != Status::ok) return {info.Env(), word(info.Env(), status)};
  member.answer[Member::wrap] = static_cast<double>(wrap);
  return {info.Env(), wrap_or_undo(info.Env(), member, lease, wrap)};
}

Napi::Value escape(const Info& info) {
  const auto wrap = static_cast<Wrap>(info[2].As<Napi::Number>().Int64Value());
  const Status status = member_of(info).pool->escape(lease_of(info), wrap);
  return Napi::Boolean::New(info.Env(), status == Status::ok);
}

Napi::Value pin(const Info& info) {
  const Status status = member_of(info).pool->pin(lease_of(info));
  return Napi::Boolean::New(info.Env(), status == Status::ok);
}

Napi::Value unpin(const Info& info) {
  const Status status = member_of(info).pool->unpin(lease_of(info));
  return Napi::Boolean::New(info.Env(), status == Status::ok);
}

// job(slot, generation): the slot's memory for one native job, or 'stale'.
Napi::Value job(const Info& info) {
  const Member& member = member_of(info);
  SlotJob slot_job;
  const Status status = SlotJob::begin(member.pool, lease_of(info), slot_job);
  if (status != Status::ok) return {info.Env(), word(info.Env(), status)};
  return to_external(info.Env(), std::move(slot_job), member.bell);
}

Napi::Value take_leaked(const Info& info) {
  const auto leaked = member_of(info).pool->take_leaked(member_of(info).owner);
  Answer wraps(info.Env(), Napi::Array::New(info.Env(), leaked.size()));
  for (std::size_t i = 0; i < leaked.size(); i++) {
    wraps.set(std::to_string(i).c_str(), static_cast<double>(leaked[i]));
  }
  return wraps.value();
}

Napi::Value close(const Info& info) {
  Member& member = member_of(info);
  member.keeps_wraps = false;
  member.pool->close(member.owner);
  return {};
}

// The member's answer as a Float64Array.
napi_value answer_of(napi_env env, const std::shared_ptr<Member>& member) {
  using Hold = std::shared_ptr<Member>;
  auto hold = std::make_unique<Hold>(member);
  const auto let_go = [](napi_env, void*, void* held) { delete static_cast<Hold*>(held); };
  napi_value memory = nullptr;
  if (napi_create_external_arraybuffer(env, member->answer.data(), sizeof(member->answer), let_go,
                                       hold.get(), &memory) != napi_ok) {
    return nullptr;
  }
  static_cast<void>(hold.release());
  napi_value numbers = nullptr;
  napi_create_typedarray(env, napi_float64_array, member->answer.size(), memory, 0, &numbers);
  return numbers;
}

napi_value classes_of(napi_env env, const Pool& pool) {
  napi_value classes = nullptr;
  napi_create_array(env, &classes);
  std::uint32_t at = 0;
  for (const ClassOptions& each : pool.classes()) {
    const double huge_pages = each.huge_pages ? 1 : 0;
    for (const auto value :
         {static_cast<double>(each.slot_bytes), double(each.slot_count), huge_pages}) {
      napi_value number = nullptr;
      napi_create_double(env, value, &number);
      napi_set_element(env, classes, at++, number);
    }
  }
  return classes;
}

}  // namespace

Napi::Value functions_of(Napi::Env env, const std::shared_ptr<Member>& member) {
  Answer pool(env);
  pool.set_function("acquire", acquire, member);
  pool.set_function<retain>("retain", member);
  pool.set_function("release", release, member);
  pool.set_function<escape>("escape", member);
  pool.set_function<pin>("pin", member);
  pool.set_function<unpin>("unpin", member);
  pool.set_function<job>("job", member);
  pool.set_function<take_leaked>("takeLeaked", member);
  pool.set_function<close>("close", member);
  add_memory_functions(pool, member);
  add_sharing_functions(pool, member);
  pool.set("answer", answer_of(env, member));
  pool.set("classes", classes_of(env, *member->pool));
  return pool.value();
}

}  // namespace pixelpool
