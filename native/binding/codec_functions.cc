#include "codec_functions.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../codec/decoder.h"
#include "../codec/system.h"
#include "bell.h"
#include "codec_job.h"
#include "strip_functions.h"
#include "work.h"

namespace pixelpool {
namespace {

using Info = Napi::CallbackInfo;

// look(input, request): a promise of the report on the header.
Napi::Value look(const Info& info) {
  const Libvips& vips = vips_of(info);
  const auto report = std::make_shared<Report>();
  Work work;
  work.kept = {info[0]};
  work.execute = [&vips, report, input = to_input(info[0]),
                  request = to_request(info[1].As<Napi::Object>())] {
    run(vips, *report, [&](Plan& plan) { return make_plan(vips, input, request, plan); });
  };
  work.answer = [report](Napi::Env env) { return to_object(env, *report); };
  return start(info.Env(), std::move(work));
}

// The functions with which JavaScript follows a job.
Napi::Object to_object(Napi::Env env, const std::shared_ptr<Watch>& watch, Napi::Value settled) {
  auto job = Napi::Object::New(env);
  job.Set("settled", settled);
  job.Set("cancel", Napi::Function::New(env, [watch](const Info&) { watch->cancel(); }));
  job.Set("percent", Napi::Function::New(env, [watch](const Info& call) -> Napi::Value {
            return Napi::Number::New(call.Env(), watch->percent());
          }));
  return job;
}

// decode(input, request, memory, dropCache, onProgress): a job. onProgress is a function that
// reads its percent, or null.
Napi::Value decode(const Info& info) {
  const Libvips& vips = vips_of(info);
  const bool drops_cache = info[3].As<Napi::Boolean>();
  const std::shared_ptr<Bell> bell =
      info[4].IsFunction() ? Bell::create(info.Env(), info[4].As<Napi::Function>()) : nullptr;
  const auto watch = std::make_shared<Watch>([bell] {
    if (bell != nullptr) bell->ring();
  });
  const auto report = std::make_shared<Report>();
  Work work;
  work.kept = {info[0]};
  work.execute = [&vips, drops_cache, watch, report, memory = take_slot_memory(info[2]),
                  input = to_input(info[0]), request = to_request(info[1].As<Napi::Object>())] {
    run(vips, *report, [&](Plan& plan) {
      if (watch->cancelled()) return Outcome::cancelled;
      const Outcome planned = make_plan(vips, input, request, plan);
      return planned == Outcome::ok ? decode(vips, plan, target_of(*memory), *watch) : planned;
    });
    if (drops_cache) drop_cache(vips);
    memory->end();
  };
  work.answer = [report, bell](Napi::Env env) {
    if (bell != nullptr) bell->close();
    return to_object(env, *report);
  };
  return to_object(info.Env(), watch, start(info.Env(), std::move(work)));
}

}  // namespace

Napi::Value loaded_libvips(const Info& info) {
  const std::vector<std::string> files = loaded_libvips();
  const auto names = Napi::Array::New(info.Env(), files.size());
  for (std::uint32_t i = 0; i < files.size(); i++) names.Set(i, files[i]);
  return names;
}

Napi::Value find_codec(const Info& info) {
  const Napi::Env env = info.Env();
  const Libvips* libvips = nullptr;
  std::string missing;
  const Finding finding = find_libvips(info[0].As<Napi::String>(), libvips, missing);
  auto codec = Napi::Object::New(env);
  codec.Set("finding", to_word(finding));
  codec.Set("missing", missing);
  codec.Set("version", libvips->version);
  if (finding != Finding::found) return codec;
  auto* const data = const_cast<Libvips*>(libvips);
  codec.Set("look", Napi::Function::New<look>(env, "look", data));
  codec.Set("decode", Napi::Function::New<decode>(env, "decode", data));
  add_strip_functions(codec, data);
  return codec;
}

}  // namespace pixelpool
