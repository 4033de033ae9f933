#include <napi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "../core/pages.h"
#include "answer.h"
#include "codec_functions.h"
#include "create_pool.h"
#include "environment.h"
#include "sharing_functions.h"

namespace pixelpool {
namespace {

// Whether this runtime lets an addon show its own memory as an ArrayBuffer. Electron does not. The
// one that is made to find out is left to the collector: to detach the first ArrayBuffer of a
// process switches off a V8 shortcut, which a pool without revocation promises to keep.
Napi::Value can_wrap(const Napi::CallbackInfo& info) {
  static std::uint8_t memory;
  napi_value array_buffer = nullptr;
  const auto status = napi_create_external_arraybuffer(
      info.Env(), &memory, sizeof(memory), [](napi_env, void*, void*) {}, nullptr, &array_buffer);
  return Napi::Boolean::New(info.Env(), status == napi_ok);
}

Napi::Value detach(const Napi::CallbackInfo& info) {
  napi_detach_arraybuffer(info.Env(), info[0]);
  return {};
}

// A collection finds the buffers that nobody can reach, but an idle process has no reason to make
// one. A GiB that seems to come and go is a reason on Node, Bun and Deno; 256 MiB is none on Deno.
Napi::Value nudge(const Napi::CallbackInfo& info) {
  constexpr std::int64_t alarming_bytes = std::int64_t{1024} * 1024 * 1024;
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), alarming_bytes);
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), -alarming_bytes);
  return {};
}

// tellMalloc(bytes): what malloc would have learnt from a plain buffer of this size that came and
// went. glibc then keeps as much free memory at the end of its heaps; else what an encoder frees
// after each frame goes back to the system, and is faulted in again for the next one (5,800 faults
// an animated WebP against 250: bench write-animation). The block is never touched. Where the user
// has set malloc's thresholds, and in other C libraries, it does nothing.
Napi::Value tell_malloc(const Napi::CallbackInfo& info) {
#ifdef __GLIBC__
  // glibc learns from blocks of up to 32 MiB, its own header and rounding to pages included.
  constexpr std::int64_t bytes_max = 32 * 1024 * 1024 - 64 * 1024;
  const std::int64_t bytes = std::min(info[0].As<Napi::Number>().Int64Value(), bytes_max);
  void* volatile block = std::malloc(static_cast<std::size_t>(bytes));  // else it is optimised away
  std::free(block);
#endif
  return {};
}

// start(onRing, endsByFinalizers): the number of a new bell. Once for each copy of our JavaScript
// in a thread, before its first pool.
Napi::Value start(const Napi::CallbackInfo& info) {
  const auto bell = Bell::create(info.Env(), info[0].As<Napi::Function>());
  const bool ends_by_finalizers = info[1].As<Napi::Boolean>();
  if (info.Env().GetInstanceData<Environment>() == nullptr) {
    info.Env().SetInstanceData(new Environment(info.Env(), ends_by_finalizers));
  }
  const std::size_t number = Environment::of(info.Env()).add(bell);
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

// tryScratch(directory): whether a slot could be put into a file there.
Napi::Value try_scratch(const Napi::CallbackInfo& info) {
  const std::string directory = info[0].As<Napi::String>();
  switch (Pages::try_file(directory.c_str())) {
    case Backing::ok:
      return Napi::String::New(info.Env(), "ok");
    case Backing::full:
      return Napi::String::New(info.Env(), "full");
    case Backing::refused:
      return Napi::String::New(info.Env(), "refused");
  }
  return {};
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  Answer addon(env, exports);
  addon.set_function<attach>("attach");
  addon.set_function<can_wrap>("canWrap");
  addon.set_function<create_pool>("createPool");
  addon.set_function<detach>("detach");
  addon.set_function<find_codec>("findCodec");
  addon.set_function<loaded_libvips>("loadedLibvips");
  addon.set_function<nudge>("nudge");
  addon.set_function<tell_malloc>("tellMalloc");
  addon.set_function<start>("start");
  addon.set_function<try_scratch>("tryScratch");
  return exports;
}

}  // namespace
}  // namespace pixelpool

// The macro asks for a function without a namespace.
static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return pixelpool::initialize(env, exports);
}

NODE_API_MODULE(pixelpool, initialize)
