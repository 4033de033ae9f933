#pragma once

#include <memory>

#include "answer.h"
#include "member.h"

namespace pixelpool {

// What JavaScript calls about a pool's memory.
void add_memory_functions(Answer& pool, const std::shared_ptr<Member>& member);

}  // namespace pixelpool
