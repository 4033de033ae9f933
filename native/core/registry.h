#pragma once

#include <memory>
#include <string>

#include "pool.h"

namespace pixelpool {

// The pools of this process that are shared among threads, by their keys.

void share(const std::string& key, const std::shared_ptr<Pool>& pool);

// Null when nobody has the pool any more, or it was never shared.
[[nodiscard]] std::shared_ptr<Pool> find_shared(const std::string& key);

}  // namespace pixelpool
