#include <algorithm>
#include <thread>
#include <vector>

#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// Slots that their next tenant finds all zero, cleared by him or by the cleaner before.

namespace {

const std::size_t page = Pages::page_bytes();

PoolOptions clearing(std::uint32_t slots, bool on_release) {
  PoolOptions options{};
  options.classes = {{8 * page, slots, false, true}};
  options.contents.clear = true;
  options.clear_on_release = on_release;
  return options;
}

Demand pages(std::size_t count) {
  return {0, count * page};
}

bool is_zero(const std::byte* start) {
  return std::all_of(start, start + 8 * page, [](std::byte each) { return each == std::byte{0}; });
}

}  // namespace

TEST("the cleaner leaves zeros behind each tenant") {
  const auto pool = make(clearing(1, true));
  Tenant tenant(pool);
  for (const std::size_t count : {8, 3, 5, 8}) {
    const Grant grant = tenant.take(pages(count));
    EXPECT(tenant.shows(grant, 0));
    std::fill_n(tenant.start(grant), 8 * page, std::byte{1});  // also what he may not touch
    tenant.drop(grant);
    await_cleaner();
    EXPECT(pool->stats().resident_bytes <= pool->stats().held_bytes);
    EXPECT(is_zero(pool->start(0)));
  }
}

TEST("who acquires before the cleaner has been clears by himself") {
  const auto pool = make(clearing(1, true));
  Tenant tenant(pool);
  Pause pause;
  for (int i = 0; i < 3; i++) {
    const Grant grant = tenant.take(pages(8));
    EXPECT(is_zero(tenant.start(grant)));
    tenant.paint(grant, 1);
    tenant.drop(grant);
  }
  const Grant grant = tenant.take(pages(8));
  tenant.paint(grant, 2);
  pause.end();
  await_cleaner();
  EXPECT(tenant.shows(grant, 2));
}

TEST("a slot that is clean already is leased before a dirty one") {
  const auto pool = make(clearing(2, true));
  Tenant tenant(pool);
  const Grant first = tenant.take(pages(8));
  const Grant second = tenant.take(pages(8));
  tenant.paint(first, 1);
  tenant.paint(second, 2);
  tenant.drop(first);
  await_cleaner();
  const Pause pause;
  tenant.drop(second);
  EXPECT(tenant.take(pages(8)).lease.slot == first.lease.slot);
}

TEST("what lies beyond a smaller tenant goes back, unless it was cleared before he came") {
  for (const bool on_release : {false, true}) {
    const auto pool = make(clearing(1, on_release));
    Tenant tenant(pool);
    const Grant wide = tenant.take(pages(8));
    tenant.paint(wide, 1);
    tenant.drop(wide);
    await_cleaner();
    const Grant narrow = tenant.take(pages(2));
    EXPECT(is_zero(tenant.start(narrow)));
    EXPECT(pool->stats().held_bytes == (on_release ? 8 : 2) * page);
  }
}

TEST("a waiter finds zeros too, also where a tail must go first") {
  for (const bool on_release : {false, true}) {
    const auto pool = make(clearing(1, on_release));
    Tenant tenant(pool);
    const Grant wide = tenant.take(pages(8));
    tenant.paint(wide, 1);
    (void)tenant.wait(pages(2));
    tenant.drop(wide);
    while (tenant.rings() == 0) std::this_thread::yield();
    Grant narrow;
    EXPECT(tenant.take_grant(narrow) == Status::ok);
    EXPECT(is_zero(tenant.start(narrow)));
  }
}

TEST("a pool that closes with dirty slots gives all memory back") {
  const auto pool = make(clearing(3, true));
  Tenant tenant(pool);
  const Pause pause;
  const Grant kept = tenant.take(pages(8));
  tenant.paint(kept, 1);
  for (int i = 0; i < 2; i++) {
    const Grant grant = tenant.take(pages(8));
    tenant.paint(grant, 1);
    tenant.drop(grant);
  }
  pool->close(tenant.owner());
  EXPECT(pool->stats().held_bytes == 8 * page);
  tenant.drop(kept);
  EXPECT(pool->stats().held_bytes == 0);
  EXPECT(pool->stats().resident_bytes == 0);
}

TEST("the cleaner outlives the pool's users, and the pool the cleaner's jobs") {
  const std::weak_ptr<Pool> gone = [] {
    const auto pool = make(clearing(2, true));
    Tenant tenant(pool);
    const Pause pause;
    const Grant grant = tenant.take(pages(8));
    tenant.paint(grant, 1);
    tenant.drop(grant);
    return std::weak_ptr<Pool>(pool);
  }();
  await_cleaner();
  EXPECT(gone.expired());
}
