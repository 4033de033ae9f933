#include "slot_memory.h"

#include <utility>

namespace pixelpool {
namespace {

using Holder = std::shared_ptr<SlotMemory>;

void let_go(napi_env, void* held, void*) {
  const std::unique_ptr<Holder> last(static_cast<Holder*>(held));
  if (*last != nullptr) (*last)->end();
}

}  // namespace

Napi::Value to_external(Napi::Env env, SlotJob job, std::shared_ptr<Bell> bell) {
  auto holder =
      std::make_unique<Holder>(std::make_shared<SlotMemory>(std::move(job), std::move(bell)));
  napi_value external = nullptr;
  if (napi_create_external(env, holder.get(), let_go, nullptr, &external) != napi_ok) return {};
  static_cast<void>(holder.release());
  return {env, external};
}

std::shared_ptr<SlotMemory> take_slot_memory(Napi::Value external) {
  void* held = nullptr;
  if (napi_get_value_external(external.Env(), external, &held) != napi_ok) return nullptr;
  return std::exchange(*static_cast<Holder*>(held), nullptr);
}

}  // namespace pixelpool
