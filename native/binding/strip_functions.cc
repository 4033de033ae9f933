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
  StripReader reader;
  Watch watch;
};

using Holder = std::shared_ptr<Reading>;

void let_go(Napi::Env, Holder* holder) {
  delete holder;
}

// openStrips(input, request): a promise of the report, with a reader in it. The input is to be
// kept as long as the reader.
Napi::Value open_strips(const Info& info) {
  const Libvips& vips = vips_of(info);
  const auto report = std::make_shared<Report>();
  const auto reading = std::make_shared<Reading>();
  Work work;
  work.kept = {info[0]};
  work.execute = [&vips, report, reading, input = to_input(info[0]),
                  request = to_request(info[1].As<Napi::Object>())] {
    run(vips, *report, [&](Plan& plan) {
      const Outcome planned = make_plan(vips, input, request, plan);
      return planned == Outcome::ok ? StripReader::open(vips, plan, reading->reader) : planned;
    });
  };
  work.answer = [report, reading](Napi::Env env) -> Napi::Value {
    Napi::Object object = to_object(env, *report);
    object.Set("reader", Napi::External<Holder>::New(env, new Holder(reading), let_go));
    return object;
  };
  return start(info.Env(), std::move(work));
}

const Holder& reading_of(const Info& info) {
  return *info[0].As<Napi::External<Holder>>().Data();
}

// readStrip(reader, input, memory, top, rows): a promise of the report.
Napi::Value read_strip(const Info& info) {
  const Libvips& vips = vips_of(info);
  const auto report = std::make_shared<Report>();
  Work work;
  work.kept = {info[0], info[1]};
  work.execute = [&vips, report, reading = reading_of(info), memory = take_slot_memory(info[2]),
                  top = info[3].As<Napi::Number>().Int32Value(),
                  rows = info[4].As<Napi::Number>().Int32Value()] {
    run(vips, *report,
        [&](Plan&) { return reading->reader.read(target_of(*memory), top, rows, reading->watch); });
    memory->end();
  };
  work.answer = [report](Napi::Env env) { return to_object(env, *report); };
  return start(info.Env(), std::move(work));
}

// cancelStrip(reader): the read that runs ends soon, and every later one at once.
void cancel_strip(const Info& info) {
  reading_of(info)->watch.cancel();
}

// closeStrips(reader, dropCache): a promise. No read may run, and none come after.
Napi::Value close_strips(const Info& info) {
  const Libvips& vips = vips_of(info);
  const bool drops_cache = info[1].As<Napi::Boolean>();
  const auto reading = std::make_shared<Holder>(reading_of(info));
  info[0].As<Napi::External<Holder>>().Data()->reset();
  Work work;
  work.execute = [&vips, drops_cache, reading] {
    const LibvipsJob libvips_job(vips);
    reading->reset();
    if (drops_cache) drop_cache(vips);
  };
  work.answer = [](Napi::Env env) { return env.Undefined(); };
  return start(info.Env(), std::move(work));
}

}  // namespace

void add_strip_functions(Napi::Object codec, void* data) {
  const Napi::Env env = codec.Env();
  codec.Set("openStrips", Napi::Function::New<open_strips>(env, "openStrips", data));
  codec.Set("readStrip", Napi::Function::New<read_strip>(env, "readStrip", data));
  codec.Set("cancelStrip", Napi::Function::New<cancel_strip>(env, "cancelStrip", data));
  codec.Set("closeStrips", Napi::Function::New<close_strips>(env, "closeStrips", data));
}

}  // namespace pixelpool
