#include "work.h"

#include <memory>
#include <utility>

#include "environment.h"

namespace pixelpool {
namespace {

struct Running {
  std::function<void()> execute;
  std::function<Napi::Value(Napi::Env)> answer;
  std::vector<Napi::ObjectReference> kept;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

void execute(napi_env, void* data) {
  static_cast<Running*>(data)->execute();
}

void complete(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Running> running(static_cast<Running*>(data));
  napi_delete_async_work(env, running->work);
  const Napi::HandleScope scope(env);
  // The work was never begun, or ended in a thread that ends too.
  if (status != napi_ok || !Environment::can_call(env)) return;
  napi_resolve_deferred(env, running->deferred, running->answer(env));
}

}  // namespace

Napi::Value begin(Napi::Env env, Work work) {
  auto running = std::make_unique<Running>();
  running->execute = std::move(work.execute);
  running->answer = std::move(work.answer);
  for (const Napi::Value value : work.kept) {
    if (value.IsObject()) running->kept.push_back(Napi::Persistent(value.As<Napi::Object>()));
  }
  napi_value promise = nullptr;
  if (napi_create_promise(env, &running->deferred, &promise) != napi_ok) return {};
  napi_create_async_work(env, nullptr, Napi::String::New(env, "pixelpool"), execute, complete,
                         running.get(), &running->work);
  if (napi_queue_async_work(env, running->work) == napi_ok) static_cast<void>(running.release());
  return {env, promise};
}

}  // namespace pixelpool
