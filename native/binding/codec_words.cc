#include "codec_words.h"

#include <array>

#include "environment.h"

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
    case Outcome::no_such_page:
      return "no such page";
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

Input to_input(Napi::Value value, Lifetime lifetime) {
  Input input;
  if (value.IsString()) {
    input.file = value.As<Napi::String>().Utf8Value();
    return input;
  }
  const auto view = value.As<Napi::Uint8Array>();
  input.memory = view.Data();
  input.bytes = view.ByteLength();
  if (lifetime == Lifetime::call && Environment::waits_for_work(value.Env())) return input;
  const auto* const first = static_cast<const std::byte*>(input.memory);
  input.owned = std::make_shared<const std::vector<std::byte>>(first, first + input.bytes);
  input.memory = input.owned->data();
  return input;
}

int to_fail_on(const std::string& word) {
  constexpr std::array<const char*, 4> words = {"none", "truncated", "error", "warning"};
  int value = 0;  // libvips' VipsFailOn: in this order
  while (words[static_cast<std::size_t>(value)] != word && value < 3) value++;
  return value;
}

Request to_request(Napi::Value value) {
  Given given(value);
  const auto integer = [&given](const char* name) { return static_cast<int>(given.number(name)); };
  Request request;
  request.width = integer("width");
  request.height = integer("height");
  request.fill = given.flag("fill");
  request.auto_orient = given.flag("autoOrient");
  request.channels = integer("channels");
  request.page = integer("page");
  request.pages = integer("pages");
  request.fail_on = to_fail_on(given.text("failOn"));
  request.pixels_max = static_cast<std::uint64_t>(given.number("pixelsMax"));
  return request;
}

Facts facts_of(const Plan& plan) {
  return {plan.header, plan.width, plan.height, plan.bands, plan.pages};
}

Answer to_answer(Napi::Env env, const Report& report) {
  const Header& header = report.facts.header;
  Answer told(env);
  told.set("format", header.format);
  told.set("width", header.width);
  told.set("height", header.height);
  told.set("channels", header.bands);
  told.set("pages", header.pages);
  told.set("orientation", header.orientation);
  const Facts& facts = report.facts;
  Answer shape(env);
  shape.set("width", facts.width);
  shape.set("height", facts.pages > 0 ? facts.height / facts.pages : 0);
  shape.set("channels", facts.bands);
  shape.set("pages", facts.pages);
  Answer answer(env);
  answer.set("outcome", to_word(report.outcome));
  answer.set("message", report.message);
  answer.set("header", told.value());
  answer.set("shape", shape.value());
  return answer;
}

}  // namespace pixelpool
