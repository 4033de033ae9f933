#include "strip_functions.h"

#include <memory>
#include <utility>

#include "../codec/strip_reader.h"
#include "codec_job.h"
#include "work.h"

namespace pixelpool {
namespace {

using Info = Napi::CallbackInfo;

// One picture that is read in strips.
struct Reading {
  Input input;  // libvips reads it as long as the image is open
  StripReader reader;
  Watch watch;
};

using Holder = std::shared_ptr<Reading>;

Napi::Value to_external(Napi::Env env, const Holder& reading) {
  const auto let_go = [](napi_env, void* held, void*) { delete static_cast<Holder*>(held); };
  auto holder = std::make_unique<Holder>(reading);
  napi_value external = nullptr;
  if (napi_create_external(env, holder.get(), let_go, nullptr, &external) != napi_ok) return {};
  static_cast<void>(holder.release());
  return {env, external};
}

// openStrips(input, request): a promise of the report, with a reader in it.
Napi::Value open_strips(const Info& info) {
  const Libvips& vips = vips_of(info);
  const auto report = std::make_shared<Report>();
  const auto reading = std::make_shared<Reading>();
  reading->input = to_input(info[0], Lifetime::beyond);
  Work work;
  work.execute = [&vips, report, reading, request = to_request(info[1])] {
    run(vips, *report, [&](Plan& plan) {
      const Outcome planned = make_plan(vips, reading->input, request, plan);
      return planned == Outcome::ok ? StripReader::open(vips, plan, reading->reader) : planned;
    });
  };
  work.answer = [report, reading](Napi::Env env) {
    Answer answer = to_answer(env, *report);
    answer.set("reader", to_external(env, reading));
    return answer.value();
  };
  return begin(info.Env(), std::move(work));
}

// Null where there is none: in a thread that ends.
Holder* holder_of(const Info& info) {
  void* held = nullptr;
  napi_get_value_external(info.Env(), info[0], &held);
  return static_cast<Holder*>(held);
}

// readStrip(reader, memory, top, rows): a promise of the report.
Napi::Value read_strip(const Info& info) {
  const Libvips& vips = vips_of(info);
  const Holder* const holder = holder_of(info);
  const auto memory = take_slot_memory(info[1]);
  if (holder == nullptr || *holder == nullptr || memory == nullptr) return {};
  const auto report = std::make_shared<Report>();
  Work work;
  work.kept = {info[0]};
  work.execute = [&vips, report, reading = *holder, memory,
                  top = info[2].As<Napi::Number>().Int32Value(),
                  rows = info[3].As<Napi::Number>().Int32Value()] {
    run(vips, *report,
        [&](Plan&) { return reading->reader.read(target_of(*memory), top, rows, reading->watch); });
    memory->end();
  };
  work.answer = [report](Napi::Env env) { return to_answer(env, *report).value(); };
  return begin(info.Env(), std::move(work));
}

// cancelStrip(reader): the read that runs ends soon, and every later one at once.
Napi::Value cancel_strip(const Info& info) {
  const Holder* const holder = holder_of(info);
  if (holder != nullptr && *holder != nullptr) (*holder)->watch.cancel();
  return {};
}

// closeStrips(reader): a promise. No read may run, and none come after.
Napi::Value close_strips(const Info& info) {
  const Libvips& vips = vips_of(info);
  Holder* const holder = holder_of(info);
  if (holder == nullptr) return {};
  const auto reading = std::make_shared<Holder>(std::exchange(*holder, nullptr));
  Work work;
  work.execute = [&vips, reading] {
    const LibvipsJob libvips_job(vips);
    reading->reset();
  };
  work.answer = [](Napi::Env env) { return env.Undefined(); };
  return begin(info.Env(), std::move(work));
}

}  // namespace

void add_strip_functions(Answer& codec, void* data) {
  codec.set_function<open_strips>("openStrips", data);
  codec.set_function<read_strip>("readStrip", data);
  codec.set_function<cancel_strip>("cancelStrip", data);
  codec.set_function<close_strips>("closeStrips", data);
}

}  // namespace pixelpool
