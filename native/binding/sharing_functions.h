#pragma once

#include <memory>

#include "answer.h"
#include "member.h"

namespace pixelpool {

// Gives a pool the functions with which threads wait for its slots and move leases.
void add_sharing_functions(Answer& pool, const std::shared_ptr<Member>& member);

// attach(key, keepsWraps, bell): the functions of a new membership of a shared pool, or 'closed'.
Napi::Value attach(const Napi::CallbackInfo& info);

}  // namespace pixelpool
