#pragma once

#include <napi.h>

#include "../codec/libvips.h"
#include "../codec/outcome.h"
#include "../codec/plan.h"
#include "../codec/request.h"
#include "answer.h"

namespace pixelpool {

// What JavaScript says to the codec and hears from it, as src/native.ts declares it.

// A path, or a view of memory. A copy is made to outlive the call; else the caller keeps the view
// until the work has settled, where the runtime waits for that.
enum class Lifetime { call, beyond };
[[nodiscard]] Input to_input(Napi::Value value, Lifetime lifetime);
[[nodiscard]] Request to_request(Napi::Value given);

// A plan without its image: what is left of it when the work is done.
struct Facts {
  Header header;
  int width = 0;
  int height = 0;
  int bands = 0;
  int pages = 0;
};
[[nodiscard]] Facts facts_of(const Plan& plan);

struct Report {
  Outcome outcome = Outcome::ok;
  std::string message;  // libvips' own, where something went wrong
  Facts facts;
};
[[nodiscard]] Answer to_answer(Napi::Env env, const Report& report);

[[nodiscard]] const char* to_word(Finding finding);

}  // namespace pixelpool
