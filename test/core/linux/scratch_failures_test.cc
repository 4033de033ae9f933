#include <cerrno>

#include "failing.h"
#include "folder.h"
#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "tenant.h"

using namespace pixelpool;

// What a pool does where a disk refuses.

namespace {

const std::size_t page = Pages::page_bytes();

struct Disks {
  Folder first;
  Folder second;

  [[nodiscard]] std::shared_ptr<Pool> pool(std::uint32_t slots = 3) const {
    PoolOptions options{};
    options.classes = {{4 * page, slots, false, true}};
    options.budget = page;
    options.scratch = {{first.path(), 8 * page}, {second.path(), 8 * page}};
    return make(options);
  }
};

Demand all() {
  return {0, 4 * page};
}

bool adds_up(const PoolStats& stats) {
  return stats.free + stats.leased + stats.pinned + stats.quarantined == stats.slots;
}

// The call that fails, and how.
struct Refusal {
  Call call;
  int error;
};

constexpr Refusal refusals[] = {
    {Call::open, EIO},        {Call::open, EACCES},  {Call::open, ENOSPC},
    {Call::open, EDQUOT},     {Call::open, EMFILE},  {Call::allocate, ENOSPC},
    {Call::allocate, EDQUOT}, {Call::allocate, EIO}, {Call::allocate, EOPNOTSUPP},
    {Call::allocate, EFBIG},
};

}  // namespace

TEST("a disk that refuses is passed over, and the next one is asked") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  for (const Refusal& refusal : refusals) {
    const auto pool = disks.pool();
    Tenant tenant(pool);
    const Failing failing(refusal.call, nth(1, refusal.error));
    const Grant grant = tenant.take(all());
    EXPECT(pool->is_in_scratch(grant.lease.slot));
    EXPECT(pool->full_scratch() == disks.first.path());
    EXPECT(pool->stats().scratch_bytes == 4 * page);
    tenant.paint(grant, 1);
    EXPECT(tenant.shows(grant, 1));
  }
}

TEST("where all disks refuse, the last one is named, nothing is taken and nothing lost") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  for (const Refusal& refusal : refusals) {
    const auto pool = disks.pool();
    Tenant tenant(pool);
    Grant none;
    {
      const Failing failing(refusal.call, refusal.error);
      for (int i = 0; i < 4; i++) EXPECT(tenant.take(all(), none) == Status::scratch_full);
    }
    EXPECT(pool->full_scratch() == disks.second.path());
    EXPECT(pool->stats().scratch_bytes == 0);
    EXPECT(pool->stats().free == 3);
    EXPECT(pool->stats().used_bytes == 0);
    EXPECT(tenant.take(all(), none) == Status::ok);
  }
}

TEST("a file that cannot be mapped is as good as none") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  for (const int call : {1, 2}) {  // the trial, and the one over the slot
    const auto pool = disks.pool();
    Tenant tenant(pool);
    const Failing failing(Call::map, nth(call, ENOMEM));
    const Grant grant = tenant.take(all());
    EXPECT(pool->is_in_scratch(grant.lease.slot));
    EXPECT(pool->full_scratch() == disks.first.path());
    tenant.paint(grant, 1);
  }
}

TEST("memory that would have to go first and does not is no scratch, and is still counted") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = disks.pool(1);
  Tenant tenant(pool);
  const Grant held = tenant.take({0, page});
  tenant.paint(held, 1);
  tenant.drop(held);
  Grant grant;
  {
    const Failing failing(Call::discard, EINVAL);
    EXPECT(tenant.take(all(), grant) == Status::exhausted);
    EXPECT(pool->stats().held_bytes == page);
    EXPECT(pool->stats().scratch_bytes == 0);
  }
  EXPECT(tenant.take(all(), grant) == Status::ok);
  EXPECT(pool->stats().held_bytes == 0);
}

TEST("a slot that cannot leave its file is never leased again, and its space stays counted") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = disks.pool();
  Tenant tenant(pool);
  const Grant lost = tenant.take(all());
  {
    const Failing failing(Call::map, ENOMEM);
    tenant.drop(lost);
    await_cleaner();
  }
  EXPECT(pool->stats().quarantined == 1);
  EXPECT(pool->stats().scratch_bytes == 4 * page);
  EXPECT(adds_up(pool->stats()));
  for (int i = 0; i < 2; i++) EXPECT(tenant.take(all()).lease.slot != lost.lease.slot);
  Grant none;
  EXPECT(tenant.take(all(), none) == Status::exhausted);
  EXPECT(pool->trim() == 0);
  pool->close(tenant.owner());
  EXPECT(adds_up(pool->stats()));
}

TEST("a slot that leaves its file where no memory is promised is committed when it is leased") {
  const Disks disks;
  if (disks.first.refuses_files()) return;
  const auto pool = disks.pool();
  Tenant tenant(pool);
  const Grant disk = tenant.take(all());
  {
    const Failing failing(Call::protect, ENOMEM);
    tenant.drop(disk);
    await_cleaner();
  }
  EXPECT(pool->stats().free == 3);
  const Grant memory = tenant.take({0, page});
  EXPECT(memory.lease.slot == disk.lease.slot);
  EXPECT(tenant.shows(memory, 0));
  tenant.paint(memory, 1);
}
