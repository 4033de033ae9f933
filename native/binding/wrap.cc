#include "wrap.h"

#include "environment.h"

namespace pixelpool {
namespace {

// What the finalizer knows. It holds the pool, so the memory outlives every ArrayBuffer over it.
struct Finalization {
  std::shared_ptr<Pool> pool;
  std::shared_ptr<Bell> bell;
  std::uint32_t slot;
  Wrap wrap;
  bool ends_by_finalizers;
};

// When a thread of Node ends, all its external ArrayBuffers are finalized, before any cleanup hook
// and whether their memory can still be reached or not (measured on 20, 22, 24 and 26). What tells
// such a finalizer from one after a collection is that JavaScript cannot be called any more.
//
// Runs a turn after the collection on Node, in the thread of the ArrayBuffer. On Bun and Deno it
// may run after the environment's end, on Deno in a thread of the collector: there it touches
// plain memory only, and the cleanup hook has run before the finalizers of an ending thread.
void finalize(napi_env env, void*, void* hint) {
  const std::unique_ptr<Finalization> done(static_cast<Finalization*>(hint));
  if (done->ends_by_finalizers && !Environment::can_call(env)) {
    done->pool->orphan(done->slot, done->wrap);
  } else if (done->pool->finalize(done->slot, done->wrap)) {
    done->bell->ring();
  }
}

}  // namespace

napi_value wrap_slot(Napi::Env env, const Member& member, std::uint32_t slot, Wrap wrap) {
  const auto& pool = member.pool;
  auto* const finalization =
      new Finalization{pool, member.bell, slot, wrap, Environment::of(env).ends_by_finalizers()};
  napi_value array_buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, pool->start(slot), pool->slot_bytes(slot), finalize, finalization, &array_buffer);
  if (status != napi_ok) {
    delete finalization;
    return nullptr;
  }
  return array_buffer;
}

}  // namespace pixelpool
