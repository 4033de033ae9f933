#include "slot_memory.h"

#include <utility>

#include "../core/check.h"

namespace pixelpool {
namespace {

using Holder = std::shared_ptr<SlotMemory>;

void let_go(Napi::Env, Holder* holder) {
  const std::unique_ptr<Holder> last(holder);
  if (*last != nullptr) (*last)->end();
}

}  // namespace

Napi::Value to_external(Napi::Env env, SlotMemory memory) {
  auto* const holder = new Holder(std::make_shared<SlotMemory>(std::move(memory)));
  return Napi::External<Holder>::New(env, holder, let_go);
}

std::shared_ptr<SlotMemory> take_slot_memory(Napi::Value external) {
  Holder& holder = *external.As<Napi::External<Holder>>().Data();
  CHECK(holder != nullptr);
  return std::exchange(holder, nullptr);
}

}  // namespace pixelpool
