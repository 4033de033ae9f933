#include "registry.h"

#include "harness.h"

using namespace pixelpool;

namespace {

std::shared_ptr<Pool> make() {
  PoolOptions options{};
  options.classes = {{4096, 1, false, false}};
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(options, pool) == Status::ok);
  return pool;
}

}  // namespace

TEST("a shared pool is found by its keys for as long as somebody has it") {
  auto pool = make();
  const auto other = make();
  share("one", pool);
  share("another", pool);
  share("other", other);
  EXPECT(find_shared("one") == pool);
  EXPECT(find_shared("another") == pool);
  EXPECT(find_shared("other") == other);
  EXPECT(find_shared("none") == nullptr);
  pool.reset();
  EXPECT(find_shared("one") == nullptr);
  share("one", other);
  EXPECT(find_shared("one") == other);
}
