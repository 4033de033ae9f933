#include <vector>

#include "harness.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;
using std::chrono::milliseconds;

// What trim_idle() takes from a pool, look after look.

namespace {

const std::size_t page = Pages::page_bytes();

PoolOptions idling(std::uint32_t slots, std::uint32_t keep) {
  PoolOptions options{};
  options.classes = {{page, slots, false, true}, {4 * page, slots, false, true}};
  options.idle = {milliseconds(400), keep};
  return options;
}

// A pool whose looks come when it is time.
class Watched {
 public:
  explicit Watched(const PoolOptions& options) : pool(make(options)), tenant(pool) {}

  std::size_t look() {
    now_ += milliseconds(100);
    return pool->trim_idle(now_) / page;
  }
  void looks_in_vain(int count) {
    for (int i = 0; i < count; i++) EXPECT(look() == 0);
  }
  // So many slots of a size at once, each written to.
  void use(SizeClass of, std::size_t count) {
    std::vector<Grant> grants;
    for (std::size_t i = 0; i < count; i++) {
      grants.push_back(tenant.take({of, (of == 0 ? 1 : 4) * page}));
      tenant.paint(grants.back(), 1);
    }
    for (const Grant& grant : grants) tenant.drop(grant);
  }
  [[nodiscard]] std::size_t held_pages() const { return pool->stats().held_bytes / page; }

  const std::shared_ptr<Pool> pool;
  Tenant tenant;

 private:
  Time now_{};
};

}  // namespace

TEST("what nobody needed for four looks goes, in four more looks at most") {
  Watched watched(idling(8, 0));
  watched.use(0, 8);
  EXPECT(watched.look() == 0);
  watched.looks_in_vain(3);
  EXPECT(watched.look() == 4);
  EXPECT(watched.look() == 2);
  EXPECT(watched.look() == 2);
  EXPECT(watched.held_pages() == 0);
  EXPECT(watched.pool->stats().trimmed_bytes == 8 * page);
  watched.looks_in_vain(2);
}

TEST("what is used between looks stays warm") {
  Watched watched(idling(8, 0));
  watched.use(0, 8);
  for (int i = 0; i < 20; i++) {
    EXPECT(watched.look() == 0);
    watched.use(0, 8);
  }
  EXPECT(watched.held_pages() == 8);
}

TEST("only what exceeds the need of the last four looks goes") {
  Watched watched(idling(8, 0));
  watched.use(0, 8);
  for (int i = 0; i < 12; i++) {
    (void)watched.look();
    if (i % 3 == 0) watched.use(0, 5);
  }
  EXPECT(watched.held_pages() == 5);
}

TEST("of each size some are kept") {
  Watched watched(idling(8, 2));
  watched.use(0, 6);
  watched.use(1, 3);
  for (int i = 0; i < 12; i++) (void)watched.look();
  EXPECT(watched.held_pages() == 2 + 2 * 4);
}

TEST("the slots that would be leased last go first") {
  Watched watched(idling(4, 1));
  std::vector<Grant> grants;
  for (int i = 0; i < 4; i++) grants.push_back(watched.tenant.take({0, page}));
  for (const Grant& grant : grants) {
    watched.tenant.paint(grant, 1);
    watched.tenant.drop(grant);
  }
  for (int i = 0; i < 12; i++) (void)watched.look();
  const std::uint32_t warmest = grants[3].lease.slot;
  EXPECT(*watched.pool->start(warmest) == std::byte{1});
  EXPECT(watched.tenant.take({0, page}).lease.slot == warmest);
}

TEST("a leased slot and its tail are not idle slots") {
  Watched watched(idling(2, 0));
  watched.use(1, 1);
  const Grant leased = watched.tenant.take({1, page});
  for (int i = 0; i < 12; i++) EXPECT(watched.look() == 0);
  EXPECT(watched.held_pages() == 4);
  watched.tenant.drop(leased);
  for (int i = 0; i < 12; i++) (void)watched.look();
  EXPECT(watched.held_pages() == 0);
}

TEST("a look that comes too early, or in a pool that does not look, takes nothing") {
  PoolOptions options = idling(2, 0);
  options.idle.reset();
  Watched watched(options);
  watched.use(0, 2);
  for (int i = 0; i < 12; i++) EXPECT(watched.look() == 0);
  EXPECT(watched.held_pages() == 2);

  const auto pool = make(idling(2, 0));
  Tenant tenant(pool);
  const Grant grant = tenant.take({0, page});
  tenant.paint(grant, 1);
  tenant.drop(grant);
  for (int i = 0; i < 12; i++) EXPECT(pool->trim_idle(Time{} + milliseconds(i)) == 0);
  EXPECT(pool->stats().held_bytes == page);
}
