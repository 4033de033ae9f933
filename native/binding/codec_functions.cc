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
  work.execute = [&vips, report, input = to_input(info[0], Lifetime::call),
                  request = to_request(info[1])] {
    run(vips, *report, [&](Plan& plan) { return make_plan(vips, input, request, plan); });
  };
  work.answer = [report](Napi::Env env) { return to_answer(env, *report).value(); };
  return begin(info.Env(), std::move(work));
}

struct Decoding {
  explicit Decoding(std::shared_ptr<Bell> on_progress)
      : bell(std::move(on_progress)), watch([this] {
          if (bell != nullptr) bell->ring();
        }) {}

  std::shared_ptr<Bell> bell;  // null where nobody wants to know
  Watch watch;
  std::shared_ptr<SlotMemory> memory;
  std::size_t bytes = 0;  // of it that may be written
  Report report;
};

Decoding& decoding_of(const Info& info) {
  return *static_cast<Decoding*>(info.Data());
}

// A decode that no thread has begun gives its slot back here.
Napi::Value cancel(const Info& info) {
  Decoding& decoding = decoding_of(info);
  decoding.watch.cancel();
  if (decoding.memory->claim()) decoding.memory->end();
  return {};
}

Napi::Value percent(const Info& info) {
  return Napi::Number::New(info.Env(), decoding_of(info).watch.percent());
}

void run_decoding(const Libvips& vips, const Input& input, const Request& request,
                  Decoding& decoding) {
  if (!decoding.memory->claim()) {
    decoding.report.outcome = Outcome::cancelled;
    return;
  }
  run(vips, decoding.report, [&](Plan& plan) {
    const Outcome planned = make_plan(vips, input, request, plan);
    if (planned != Outcome::ok) return planned;
    return decode(vips, plan, target_of(*decoding.memory, decoding.bytes), decoding.watch);
  });
  decoding.memory->end();
}

// decode(input, request, memory, bytes, onProgress): a job. onProgress is a function that reads its
// percent, or null.
Napi::Value decode(const Info& info) {
  const Napi::Env env = info.Env();
  const Libvips& vips = vips_of(info);
  auto memory = take_slot_memory(info[2]);
  if (memory == nullptr) return {};
  const auto decoding = std::make_shared<Decoding>(
      info[4].IsFunction() ? Bell::create(env, info[4].As<Napi::Function>()) : nullptr);
  decoding->memory = std::move(memory);
  decoding->bytes = static_cast<std::size_t>(info[3].As<Napi::Number>().Int64Value());
  Work work;
  work.kept = {info[0]};
  work.execute = [&vips, decoding, input = to_input(info[0], Lifetime::call),
                  request = to_request(info[1])] { run_decoding(vips, input, request, *decoding); };
  work.answer = [decoding](Napi::Env settled) {
    if (decoding->bell != nullptr) decoding->bell->close();
    return to_answer(settled, decoding->report).value();
  };
  Answer job(env);
  job.set("settled", begin(env, std::move(work)));
  job.set_function<cancel>("cancel", decoding);
  job.set_function<percent>("percent", decoding);
  return job.value();
}

// dropCache(): a promise.
Napi::Value drop_cache(const Info& info) {
  const Libvips& vips = vips_of(info);
  Work work;
  work.execute = [&vips] {
    const LibvipsJob libvips_job(vips);
    drop_cache(vips);
  };
  work.answer = [](Napi::Env env) { return env.Undefined(); };
  return begin(info.Env(), std::move(work));
}

}  // namespace

Napi::Value loaded_libvips(const Info& info) {
  const std::vector<std::string> files = loaded_libvips();
  Answer all(info.Env(), Napi::Array::New(info.Env(), files.size()));
  for (std::size_t i = 0; i < files.size(); i++) {
    Answer each(info.Env());
    each.set("file", files[i]);
    each.set("version", version_of(files[i]));
    all.set(std::to_string(i).c_str(), each.value());
  }
  return all.value();
}

Napi::Value find_codec(const Info& info) {
  const Libvips* libvips = nullptr;
  std::string missing;
  const Finding finding = find_libvips(info[0].As<Napi::String>(), libvips, missing);
  Answer codec(info.Env());
  codec.set("finding", to_word(finding));
  codec.set("missing", missing);
  codec.set("version", libvips->version);
  if (finding != Finding::found) return codec.value();
  auto* const data = const_cast<Libvips*>(libvips);
  codec.set_function<look>("look", data);
  codec.set_function<decode>("decode", data);
  codec.set_function<drop_cache>("dropCache", data);
  add_strip_functions(codec, data);
  return codec.value();
}

}  // namespace pixelpool
