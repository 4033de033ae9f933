#include "codec_words.h"

namespace pixelpool {
namespace {

const char* to_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::unreadable:
      return "unreadable";
    case Outcome::unsupported:
      return "unsupported";
    case Outcome::corrupt:
      return "corrupt";
    case Outcome::too_large:
      return "too large";
    case Outcome::does_not_fit:
      return "does not fit";
    case Outcome::cannot_turn:
      return "cannot turn";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::displaced:
      return "displaced";
  }
  return "corrupt";
}

}  // namespace

const char* to_word(Finding finding) {
  switch (finding) {
    case Finding::found:
      return "found";
    case Finding::not_loaded:
      return "not loaded";
    case Finding::incomplete:
      return "incomplete";
    case Finding::does_not_start:
      return "does not start";
    case Finding::fails_self_test:
      return "fails self-test";
  }
  return "not loaded";
}

Input to_input(Napi::Value value) {
  Input input;
  if (value.IsString()) {
    input.file = value.As<Napi::String>().Utf8Value();
  } else {
    const auto view = value.As<Napi::Uint8Array>();
    input.memory = view.Data();
    input.bytes = view.ByteLength();
  }
  return input;
}

Request to_request(Napi::Object given) {
  const auto number = [&given](const char* name) {
    return given.Get(name).As<Napi::Number>().Int64Value();
  };
  const auto integer = [&number](const char* name) { return static_cast<int>(number(name)); };
  Request request;
  request.width = integer("width");
  request.height = integer("height");
  request.fill = given.Get("fill").As<Napi::Boolean>();
  request.auto_orient = given.Get("autoOrient").As<Napi::Boolean>();
  request.channels = integer("channels");
  request.page = integer("page");
  request.pages = integer("pages");
  request.fail_on = integer("failOn");
  request.pixels_max = static_cast<std::uint64_t>(number("pixelsMax"));
  return request;
}

Facts facts_of(const Plan& plan) {
  return {plan.header, plan.width, plan.height, plan.bands, plan.pages};
}

Napi::Object to_object(Napi::Env env, const Report& report) {
  auto object = Napi::Object::New(env);
  object.Set("outcome", to_word(report.outcome));
  object.Set("message", report.message);
  const Header& header = report.facts.header;
  auto told = Napi::Object::New(env);
  told.Set("format", header.format);
  told.Set("width", header.width);
  told.Set("height", header.height);
  told.Set("channels", header.bands);
  told.Set("pages", header.pages);
  told.Set("orientation", header.orientation);
  object.Set("header", told);
  auto shape = Napi::Object::New(env);
  shape.Set("width", report.facts.width);
  shape.Set("height", report.facts.pages > 0 ? report.facts.height / report.facts.pages : 0);
  shape.Set("channels", report.facts.bands);
  shape.Set("pages", report.facts.pages);
  object.Set("shape", shape);
  return object;
}

}  // namespace pixelpool
