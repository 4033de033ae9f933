#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "failing.h"
#include "folder.h"
#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// What a pool does where the system refuses: nothing is lost, and nothing is told that is not so.

namespace {

const std::size_t page = Pages::page_bytes();

PoolOptions slots(std::uint32_t count, std::size_t budget_pages = 1000) {
  PoolOptions options{};
  options.classes = {{4 * page, count, false, true}, {page, 4, false, true}};
  options.budget = budget_pages * page;
  return options;
}

Demand large() {
  return {0, 4 * page};
}
Demand small() {
  return {1, page};
}

void write_and_drop(Tenant& tenant, const Demand& demand) {
  const Grant grant = tenant.take(demand);
  tenant.paint(grant, 1);
  tenant.drop(grant);
}

Status create(PoolOptions options) {
  std::shared_ptr<Pool> pool;
  const Status status = Pool::create(options, pool);
  EXPECT((pool != nullptr) == (status == Status::ok));
  return status;
}

}  // namespace

TEST("a pool whose addresses are refused, also those of its last size, is not made") {
  for (const int call : {1, 2}) {
    const Failing failing(Call::map, nth(call, ENOMEM));
    EXPECT(create(slots(2)) == Status::out_of_memory);
  }
  EXPECT(create(slots(2)) == Status::ok);
}

TEST("a pool that commits at once is not made where the system promises no memory") {
  PoolOptions options = slots(2);
  for (ClassOptions& each : options.classes) each.commit_late = false;
  for (const int call : {1, 2}) {
    const Failing failing(Call::protect, nth(call, ENOMEM));
    EXPECT(create(options) == Status::out_of_memory);
  }
}

TEST("an acquire whose memory is not promised says so, and the next one may get it") {
  for (const bool on_release : {false, true}) {
    PoolOptions options = slots(1, 4);
    options.contents.clear = on_release;
    options.clear_on_release = on_release;
    const auto pool = make(options);
    Tenant tenant(pool);
    Grant none;
    {
      const Failing failing(Call::protect, ENOMEM);
      for (int i = 0; i < 3; i++) EXPECT(tenant.take(large(), none) == Status::out_of_memory);
    }
    EXPECT(pool->stats().free == 5);
    EXPECT(pool->stats().used_bytes == 0);
    await_cleaner();
    EXPECT(tenant.shows(tenant.take(large()), 0));
  }
}

TEST("a slot that was never committed is not filled at its release") {
  PoolOptions options = slots(1);
  options.contents.fill_on_release = std::uint8_t{0xdb};
  const auto pool = make(options);
  Tenant tenant(pool);
  Grant none;
  {
    const Failing failing(Call::protect, ENOMEM);
    EXPECT(tenant.take(large(), none) == Status::out_of_memory);
  }
  EXPECT(pool->stats().free == 5);
  EXPECT(tenant.shows(tenant.take(large()), 0));
}

TEST("a grant whose memory is not promised is over, and the next in line gets the slot") {
  const auto pool = make(slots(1, 4));
  Tenant tenant(pool);
  (void)tenant.take(small());
  const Grant small_one = tenant.take(small());
  const Failing failing(Call::protect, nth(1, ENOMEM));
  Tenant next(pool);
  (void)tenant.wait(large());
  (void)next.wait({0, page});
  pool->leave(tenant.owner());  // with all it holds
  EXPECT(next.rings() == 1);
  Grant grant;
  EXPECT(next.take_grant(grant) == Status::out_of_memory);
  EXPECT(pool->stats().leased == 0);
  EXPECT(next.take(large(), grant) == Status::ok);
  (void)small_one;
}

TEST("memory that the system will not take stays counted, and goes with a later trim") {
  for (const int error : {EINVAL, ENOMEM}) {
    const auto pool = make(slots(2, 8));
    Tenant tenant(pool);
    write_and_drop(tenant, large());
    {
      const Failing failing(Call::discard, error);
      EXPECT(pool->trim() == 0);
      EXPECT(pool->stats().held_bytes == 4 * page);
      EXPECT(pool->stats().trimmed_bytes == 0);
    }
    EXPECT(pool->trim() == 4 * page);
    EXPECT(pool->stats().held_bytes == 0);
    EXPECT(pool->stats().resident_bytes == 0);
  }
}

TEST("locked memory is given back with the call for that") {
  const auto pool = make(slots(1));
  Tenant tenant(pool);
  write_and_drop(tenant, large());
  const Failing failing(Call::discard, nth(1, EINVAL));
  EXPECT(pool->trim() == 4 * page);
  EXPECT(pool->stats().held_bytes == 0);
}

TEST("an acquire that needs memory which the system will not take is refused, and tries once") {
  const auto pool = make(slots(2, 8));
  Tenant tenant(pool);
  const Grant first = tenant.take(large());
  const Grant second = tenant.take(large());
  tenant.drop(first);
  tenant.drop(second);
  int calls = 0;
  Grant none;
  {
    const Failing failing(Call::discard, [&calls] {
      calls++;
      return EAGAIN;
    });
    EXPECT(tenant.take(small(), none) == Status::exhausted);
    EXPECT(calls == 2);
    EXPECT(tenant.take(small(), none) == Status::exhausted);
    EXPECT(calls == 2);
    EXPECT(pool->stats().held_bytes == 8 * page);
  }
  EXPECT(tenant.take(large(), none) == Status::ok);  // a warm slot needs none
  tenant.drop(none);
  EXPECT(tenant.take(small(), none) == Status::ok);
}

TEST("a slot is cleared by hand where its tail will not go") {
  for (const bool on_release : {false, true}) {
    PoolOptions options = slots(1);
    options.contents.clear = true;
    options.clear_on_release = on_release;
    const auto pool = make(options);
    Tenant tenant(pool);
    const Grant wide = tenant.take(large());
    tenant.paint(wide, 1);
    const Failing failing(Call::discard, EINVAL);
    tenant.drop(wide);
    await_cleaner();
    const Grant narrow = tenant.take({0, page});
    for (std::size_t i = 0; i < 4 * page; i++) EXPECT(tenant.start(narrow)[i] == std::byte{0});
    EXPECT(pool->stats().held_bytes == 4 * page);
  }
}

TEST("looks at idle memory end where the system will not take it") {
  PoolOptions options = slots(4);
  options.idle = {std::chrono::milliseconds(4), 0};
  const auto pool = make(options);
  Tenant tenant(pool);
  write_and_drop(tenant, large());
  auto look = [&, now = Time{}]() mutable {
    return pool->trim_idle(now += std::chrono::milliseconds(1));
  };
  {
    const Failing failing(Call::discard, EINVAL);
    for (int i = 0; i < 10; i++) EXPECT(look() == 0);
    EXPECT(pool->stats().held_bytes == 4 * page);
  }
  for (int i = 0; i < 5; i++) (void)look();
  EXPECT(pool->stats().held_bytes == 0);
}

TEST("where the system cannot say what is in memory, all that is held may be") {
  const auto pool = make(slots(1));
  Tenant tenant(pool);
  write_and_drop(tenant, large());
  const Failing failing(Call::resident, ENOMEM);
  EXPECT(pool->stats().resident_bytes == 4 * page);
  EXPECT(pool->trim() == 4 * page);
}

TEST_ALONE("where there can be no thread, who releases cleans, and who waits is served") {
  const Failing failing(Call::thread, EAGAIN);
  PoolOptions options = slots(1, 4);
  options.contents.clear = true;
  options.clear_on_release = true;
  const auto pool = make(options);
  Tenant tenant(pool);
  const Grant grant = tenant.take(large());
  tenant.paint(grant, 1);
  (void)tenant.wait(small());
  tenant.drop(grant);
  EXPECT(tenant.shows(grant, 0));
  EXPECT(tenant.rings() == 1);
  Grant granted;
  EXPECT(tenant.take_grant(granted) == Status::ok);

  const Folder folder;
  if (folder.refuses_files()) return;
  PoolOptions disk = slots(1, 1);
  disk.scratch = {{folder.path(), 4 * page}};
  const auto other = make(disk);
  Tenant writer(other);
  for (int i = 0; i < 3; i++) write_and_drop(writer, large());
  EXPECT(other->stats().scratch_bytes == 0);
  EXPECT(other->stats().free == 5);
}

TEST_ALONE("where there can be no thread at first, there may be one later") {
  PoolOptions options = slots(1);
  options.contents.clear = true;
  options.clear_on_release = true;
  const auto pool = make(options);
  Tenant tenant(pool);
  {
    const Failing failing(Call::thread, nth(1, EAGAIN));
    write_and_drop(tenant, large());
    EXPECT(*pool->start(0) == std::byte{0});
  }
  write_and_drop(tenant, large());
  await_cleaner();
  EXPECT(*pool->start(0) == std::byte{0});
}
