#include "registry.h"

#include <map>
#include <mutex>

namespace pixelpool {
namespace {

struct Registry {
  std::mutex mutex;  // guards `pools`
  std::map<std::string, std::weak_ptr<Pool>> pools;
};

// Kept for ever: threads may end after main() has.
Registry& registry() {
  static auto* const all = new Registry();
  return *all;
}

}  // namespace

void share(const std::string& key, const std::shared_ptr<Pool>& pool) {
  const std::lock_guard lock(registry().mutex);
  auto& pools = registry().pools;
  for (auto each = pools.begin(); each != pools.end();) {
    each = each->second.expired() ? pools.erase(each) : std::next(each);
  }
  pools[key] = pool;
}

std::shared_ptr<Pool> find_shared(const std::string& key) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().pools.find(key);
  return found == registry().pools.end() ? nullptr : found->second.lock();
}

}  // namespace pixelpool
