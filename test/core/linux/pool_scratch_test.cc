#include <cstring>
#include <thread>
#include <vector>

#include "folder.h"
#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// Slots that go to a disk when the budget is spent.

namespace {

const std::size_t page = Pages::page_bytes();
constexpr std::size_t slot_pages = 4;

struct Disks {
  Folder first;
  Folder second;

  // Of slots of 4 pages, so many pages in memory and so many slots on each disk.
  [[nodiscard]] PoolOptions pool(std::size_t budget_pages, std::size_t slots_first,
                                 std::size_t slots_second = 0) const {
    PoolOptions options{};
    options.classes = {{slot_pages * page, 6, false, true}};
    options.budget = budget_pages * page;
    options.scratch = {{first.path(), slots_first * slot_pages * page},
                       {second.path(), slots_second * slot_pages * page}};
    return options;
  }
};

Demand pages(std::size_t count) {
  return {0, count * page};
}

bool in_scratch(const Pool& pool, const Grant& grant) {
  return pool.is_in_scratch(grant.lease.slot);
}

bool adds_up(const PoolStats& stats) {
  return stats.free + stats.leased + stats.pinned + stats.quarantined == stats.slots;
}

}  // namespace

TEST("memory comes first, then scratch, which is given back at the end of the tenancy") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(4, 1));
  Tenant tenant(pool);
  const Grant memory = tenant.take(pages(4));
  const Grant disk = tenant.take(pages(3));
  EXPECT(!in_scratch(*pool, memory));
  EXPECT(in_scratch(*pool, disk));
  EXPECT(tenant.bytes(disk) == 3 * page);
  EXPECT(pool->stats().scratch_bytes == 4 * page);
  EXPECT(pool->stats().scratch_slots == 1);
  EXPECT(pool->stats().held_bytes == 4 * page);
  tenant.paint(memory, 1);
  tenant.paint(disk, 2);
  EXPECT(tenant.shows(memory, 1));
  EXPECT(tenant.shows(disk, 2));
  tenant.drop(disk);
  await_cleaner();
  EXPECT(pool->stats().scratch_bytes == 0);
  EXPECT(pool->stats().scratch_peak_bytes == 4 * page);
  EXPECT(pool->stats().free == 5);
  tenant.drop(memory);
  EXPECT(!in_scratch(*pool, tenant.take(pages(4))));
}

TEST("idle memory is taken before scratch is") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(4, 2));
  Tenant tenant(pool);
  (void)tenant.take(pages(1));
  const Grant idle = tenant.take(pages(3));
  tenant.paint(idle, 1);
  tenant.drop(idle);
  EXPECT(!in_scratch(*pool, tenant.take(pages(2))));
  EXPECT(!in_scratch(*pool, tenant.take(pages(1))));
  EXPECT(in_scratch(*pool, tenant.take(pages(1))));
}

TEST("scratch takes a slot without memory, and what is idle stays") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(5, 1));
  Tenant tenant(pool);
  const Grant kept = tenant.take(pages(4));
  tenant.drop(tenant.take(pages(1)));
  EXPECT(in_scratch(*pool, tenant.take(pages(4))));
  EXPECT(pool->stats().held_bytes == 5 * page);
  tenant.drop(kept);
}

TEST("an acquire waits for scratch that is on its way back") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(1, 1));
  Tenant tenant(pool);
  for (int i = 0; i < 20; i++) {
    const Grant grant = tenant.take(pages(4));
    EXPECT(in_scratch(*pool, grant));
    tenant.drop(grant);
  }
}

TEST("what is larger than the budget lives in scratch only") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(2, 1));
  Tenant tenant(pool);
  const Grant grant = tenant.take(pages(4));
  EXPECT(in_scratch(*pool, grant));
  EXPECT(pool->stats().held_bytes == 0);
  Grant none;
  EXPECT(tenant.take(pages(4), none) == Status::exhausted);
  EXPECT(!in_scratch(*pool, tenant.take(pages(2))));
}

TEST("directories are used in their order, up to the limit of each") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(1, 1, 2));
  Tenant tenant(pool);
  std::vector<Grant> grants;
  for (int i = 0; i < 3; i++) grants.push_back(tenant.take(pages(4)));
  Grant none;
  EXPECT(tenant.take(pages(4), none) == Status::exhausted);
  EXPECT(pool->stats().scratch_bytes == 12 * page);
  EXPECT(pool->stats().leased == 3);
  tenant.drop(grants[0]);
  await_cleaner();
  EXPECT(in_scratch(*pool, tenant.take(pages(4))));
}

TEST("a slot leased after one in scratch finds zeros if it clears, and never old pixels of it") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  PoolOptions options = disks.pool(2, 1);
  options.contents.clear = true;
  options.classes[0].slot_count = 1;
  const auto pool = make(options);
  Tenant tenant(pool);
  for (int i = 0; i < 4; i++) {
    const Grant grant = tenant.take(pages(i % 2 == 0 ? 4 : 2));
    EXPECT(in_scratch(*pool, grant) == (i % 2 == 0));
    EXPECT(tenant.shows(grant, 0));
    tenant.paint(grant, 1);
    tenant.drop(grant);
  }
}

TEST("a slot in scratch is the one that is leased, whatever the order of slots") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  for (const Reuse reuse : {Reuse::warmest_first, Reuse::coldest_first}) {
    PoolOptions options = disks.pool(2, 3);
    options.reuse = reuse;
    const auto pool = make(options);
    Tenant tenant(pool);
    const Grant first = tenant.take(pages(4));
    const Grant second = tenant.take(pages(4));
    EXPECT(in_scratch(*pool, first));
    EXPECT(in_scratch(*pool, second));
    EXPECT(tenant.bytes(first) == 4 * page);
    EXPECT(pool->stats().scratch_slots == 2);
    tenant.drop(first);
    tenant.drop(second);
    await_cleaner();
    EXPECT(pool->stats().scratch_slots == 0);
    EXPECT(pool->stats().free == 6);
  }
}

TEST("a moved slot in scratch is his who adopts it, with its pixels") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(1, 1));
  Tenant sender(pool);
  Tenant receiver(pool);
  const Grant sent = sender.take(pages(3));
  sender.paint(sent, 5);
  bool kept = false;
  EXPECT(pool->move(sent.lease, sent.wrap, false, {"key", Time::max()}, kept) == Status::ok);
  Grant got;
  EXPECT(pool->adopt(receiver.owner(), "key", Time{}, got) == Status::ok);
  EXPECT(in_scratch(*pool, got));
  EXPECT(got.used_bytes == 3 * page);
  EXPECT(receiver.shows(got, 5));
  receiver.drop(got);
  await_cleaner();
  EXPECT(pool->stats().scratch_bytes == 0);
}

TEST("who waits gets scratch from the cleaner's thread when it comes back") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(1, 1));
  Tenant tenant(pool);
  const Grant first = tenant.take(pages(4));
  tenant.paint(first, 1);
  Grant next;
  EXPECT(tenant.take(pages(4), next) == Status::exhausted);
  (void)tenant.wait(pages(4));
  tenant.drop(first);
  while (tenant.rings() == 0) std::this_thread::yield();
  EXPECT(tenant.take_grant(next) == Status::ok);
  EXPECT(in_scratch(*pool, next));
  EXPECT(tenant.shows(next, 0));
}

TEST("an owner that dies leaves no scratch behind, but for what a job still reads") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(1, 3));
  Tenant dying(pool);
  Tenant other(pool);
  const Grant plain = dying.take(pages(4));
  const Grant read = dying.take(pages(4));
  EXPECT(pool->begin_job(read.lease) == Status::ok);
  other.take(pages(4));
  pool->leave(dying.owner());
  await_cleaner();
  EXPECT(pool->stats().scratch_slots == 2);
  dying.paint(read, 1);
  EXPECT(pool->end_job(read.lease));
  await_cleaner();
  EXPECT(pool->stats().scratch_slots == 1);
  EXPECT(pool->stats().free == 5);
  // A script of another thread may still reach what was transferred to it.
  EXPECT(*dying.start(plain) == std::byte{0});
  EXPECT(*dying.start(read) == std::byte{0});
}

TEST("a closed pool gives scratch back as it becomes free") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = make(disks.pool(4, 2));
  Tenant tenant(pool);
  const Grant memory = tenant.take(pages(4));
  const Grant disk = tenant.take(pages(4));
  tenant.paint(memory, 1);
  tenant.paint(disk, 2);
  pool->close(tenant.owner());
  EXPECT(tenant.shows(disk, 2));
  tenant.drop(disk);
  tenant.drop(memory);
  await_cleaner();
  EXPECT(pool->stats().scratch_bytes == 0);
  EXPECT(pool->stats().held_bytes == 0);
  EXPECT(adds_up(pool->stats()));
}

TEST("after an owner died with scratch, its addresses outlive the pool and the file does not") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const std::byte* start = nullptr;
  {
    const auto pool = make(disks.pool(1, 1));
    Tenant tenant(pool);
    const Grant grant = tenant.take(pages(4));
    tenant.paint(grant, 9);
    start = tenant.start(grant);
    pool->orphan(grant.lease.slot, grant.wrap);
  }
  EXPECT(start[0] == std::byte{0});
  EXPECT(start[slot_pages * page - 1] == std::byte{0});
}
