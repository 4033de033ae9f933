#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "folder.h"
#include "harness.h"
#include "pause.h"
#include "pool.h"
#include "refusals.h"
#include "tenant.h"

using namespace pixelpool;

// Anything that one thread may do to a pool, in any order, on a system that sometimes refuses; and
// after each step what must be so. The seed is told where it is not, and PIXELPOOL_SEED sets it.

namespace {

const std::size_t page = Pages::page_bytes();
const std::vector<std::size_t> class_pages = {1, 4, 16};
constexpr std::size_t budget_pages = 24;
constexpr std::size_t disk_pages = 20;
constexpr int steps = 400;

using Random = std::minstd_rand;

bool one_in(Random& random, unsigned n) {
  return random() % n == 0;
}

PoolOptions any_options(Random& random, const std::vector<std::string>& disks) {
  PoolOptions options{};
  for (const std::size_t pages : class_pages) {
    const auto count = static_cast<std::uint32_t>(2 + random() % 5);
    options.classes.push_back({pages * page, count, false, true});
  }
  options.budget = budget_pages * page;
  for (const std::string& disk : disks) options.scratch.push_back({disk, disk_pages * page});
  options.idle = {std::chrono::milliseconds(4), static_cast<std::uint32_t>(random() % 2)};
  options.contents.clear = one_in(random, 2);
  options.clear_on_release = options.contents.clear && one_in(random, 2);
  options.reuse = one_in(random, 2) ? Reuse::warmest_first : Reuse::coldest_first;
  if (one_in(random, 4)) options.contents.fill_on_release = std::uint8_t{0xdb};
  return options;
}

// Of one tenancy: who has it, and what he wrote.
struct Tenancy {
  Grant grant;
  Demand demand;
  std::byte value;
  std::size_t bytes;
  bool pinned = false;
};

class Model {
 public:
  // Whether the system may refuse something.
  Model(unsigned seed, const std::vector<std::string>& disks, bool refuses)
      : refuses_(refuses),
        random_(seed),
        options_(any_options(random_, disks)),
        pool_(make(options_)),
        keeper_(pool_),
        tenant_(std::make_unique<Tenant>(pool_)) {}

  void step() {
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        acquire();
        break;
      case 3:
      case 4:
        release();
        break;
      case 5:
        wait();
        break;
      case 6:
        take_grant();
        break;
      case 7:
        pin_and_release();
        break;
      case 8:
        move();
        break;
      case 9:
        leak();
        break;
      case 10:
        pool_->trim_idle(now_ += std::chrono::milliseconds(1));
        break;
      default:
        rarely();
    }
  }

  void check() {
    await_cleaner();
    const PoolStats stats = pool_->stats();
    EXPECT(stats.held_bytes <= budget_pages * page);
    EXPECT(stats.scratch_bytes <= options_.scratch.size() * disk_pages * page);
    EXPECT(stats.free + stats.leased + stats.pinned + stats.quarantined == stats.slots);
    EXPECT(stats.leased >= tenancies_.size());  // or granted and not taken
    for (const Tenancy& each : tenancies_) EXPECT(shows(each));
    if (knows_all(stats)) check_sums(stats);
    // A clear by hand may bring more into memory than is held, where a discard was refused.
    if (!options_.contents.clear || !refuses_) EXPECT(stats.resident_bytes <= stats.held_bytes);
  }

  void end() {
    while (!tenancies_.empty()) release();
    pool_->leave(tenant_->owner());
    await_cleaner();
    pool_->trim();
    const PoolStats stats = pool_->stats();
    EXPECT(stats.held_bytes == 0);
    EXPECT(stats.used_bytes == 0);
    EXPECT(stats.free + stats.quarantined == stats.slots);
    EXPECT((stats.quarantined == 0) == (stats.scratch_bytes == 0));
    EXPECT(refuses_ || stats.quarantined == 0);
  }

 private:
  Demand any_demand() {
    const auto of = static_cast<SizeClass>(random_() % class_pages.size());
    return {of, 1 + random_() % (class_pages[of] * page)};
  }

  void begin(const Grant& grant, const Demand& demand) {
    const std::size_t bytes = tenant_->bytes(grant);
    EXPECT(bytes >= demand.bytes);
    EXPECT(bytes < demand.bytes + page);
    std::byte* const start = tenant_->start(grant);
    if (options_.contents.clear) {
      for (std::size_t at = 0; at < bytes; at += page) EXPECT(start[at] == std::byte{0});
      EXPECT(start[bytes - 1] == std::byte{0});
    }
    const auto value = static_cast<std::byte>(1 + random_() % 200);
    for (std::size_t at = 0; at < bytes; at += page) start[at] = value;
    start[bytes - 1] = value;
    tenancies_.push_back({grant, demand, value, bytes});
  }

  bool shows(const Tenancy& each) const {
    const std::byte* const start = tenant_->start(each.grant);
    bool same = start[each.bytes - 1] == each.value;
    for (std::size_t at = 0; at < each.bytes; at += page) same = same && start[at] == each.value;
    return same;
  }

  // Nothing is granted and not taken.
  bool knows_all(const PoolStats& stats) const {
    return stats.waiting == 0 && stats.leased == tenancies_.size();
  }

  // Nobody is refused as long as a slot of his size or a larger one is free and enough memory idle.
  bool must_succeed(const Demand& demand) const {
    const PoolStats stats = pool_->stats();
    if (refuses_ || !knows_all(stats)) return false;
    const std::size_t bytes = (demand.bytes + page - 1) / page * page;
    if (stats.used_bytes + bytes > options_.budget) return false;
    const auto first = options_.classes.begin() + demand.size_class;
    return std::any_of(first, options_.classes.end(), [&](const ClassOptions& each) {
      return std::count_if(tenancies_.begin(), tenancies_.end(), [&](const Tenancy& tenancy) {
               return pool_->slot_bytes(tenancy.grant.lease.slot) == each.slot_bytes;
             }) < each.slot_count;
    });
  }

  void check_sums(const PoolStats& stats) {
    std::size_t used = 0;
    std::size_t asked = 0;
    std::size_t scratch = 0;
    for (const Tenancy& each : tenancies_) {
      if (pool_->is_in_scratch(each.grant.lease.slot)) {
        scratch += pool_->slot_bytes(each.grant.lease.slot);  // a larger one where all are leased
      } else {
        used += each.bytes;
        asked += each.demand.bytes;
      }
    }
    EXPECT(stats.used_bytes == used);
    EXPECT(stats.asked_bytes == asked);
    EXPECT(stats.held_bytes >= used);
    if (stats.quarantined == 0) EXPECT(stats.scratch_bytes == scratch);
  }

  void acquire() {
    const Demand demand = any_demand();
    Grant grant;
    const bool must = must_succeed(demand);
    const Status status = tenant_->take(demand, grant);
    EXPECT(status == Status::ok || !must);
    EXPECT(status != Status::closed && status != Status::stale && status != Status::held);
    if (status == Status::ok) begin(grant, demand);
    if (status == Status::exhausted) pool_->count_exhausted(demand);
  }

  Tenancy any_tenancy() {
    std::swap(tenancies_[random_() % tenancies_.size()], tenancies_.back());
    const Tenancy tenancy = tenancies_.back();
    tenancies_.pop_back();
    return tenancy;
  }

  void release() {
    if (!tenancies_.empty()) tenant_->drop(any_tenancy().grant);
  }

  void wait() {
    if (waits_.size() > 4) return;
    const Demand demand = any_demand();
    waits_.push_back({tenant_->wait(demand), demand});
  }

  void take_grant() {
    Grant grant;
    const Status status = tenant_->take_grant(grant);
    if (status == Status::stale) return;
    const auto wait = std::find_if(waits_.begin(), waits_.end(),
                                   [&](const Wait& each) { return each.ticket == grant.ticket; });
    EXPECT(wait != waits_.end());
    if (status == Status::ok) begin(grant, wait->demand);
    waits_.erase(wait);
  }

  void pin_and_release() {
    if (tenancies_.empty()) return;
    const Tenancy tenancy = any_tenancy();
    EXPECT(pool_->begin_job(tenancy.grant.lease) == Status::ok);
    tenant_->drop(tenancy.grant);
    pool_->trim();
    EXPECT(shows(tenancy));
    EXPECT(pool_->end_job(tenancy.grant.lease));
  }

  void move() {
    if (tenancies_.empty()) return;
    Tenancy tenancy = any_tenancy();
    bool kept = false;
    const Grant& grant = tenancy.grant;
    EXPECT(pool_->move(grant.lease, grant.wrap, false, {"key", Time::max()}, kept) == Status::ok);
    const Lease lease = grant.lease;
    EXPECT(pool_->adopt(tenant_->owner(), "key", now_, tenancy.grant) == Status::ok);
    EXPECT(tenancy.grant.lease.slot == lease.slot);
    tenancies_.push_back(tenancy);
  }

  void leak() {
    if (tenancies_.empty()) return;
    const Grant grant = any_tenancy().grant;
    EXPECT(pool_->finalize(grant.lease.slot, grant.wrap));
  }

  void rarely() {
    switch (random_() % 4) {
      case 0:
        pool_->trim();
        break;
      case 1:
        if (waits_.empty()) break;
        pool_->stop_waiting(waits_.back().ticket);
        waits_.pop_back();
        break;
      case 2:
        (void)pool_->search(tenant_->owner());
        break;
      default:
        if (!one_in(random_, 8)) break;
        pool_->leave(tenant_->owner());
        tenancies_.clear();
        waits_.clear();
        tenant_ = std::make_unique<Tenant>(pool_);
    }
  }

  struct Wait {
    Ticket ticket;
    Demand demand;
  };

  const bool refuses_;
  Random random_;
  const PoolOptions options_;
  const std::shared_ptr<Pool> pool_;
  const Tenant keeper_;  // or the pool would close with the other
  std::unique_ptr<Tenant> tenant_;
  std::vector<Tenancy> tenancies_;
  std::vector<Wait> waits_;
  Time now_{};
};

unsigned any_seed() {
  const char* const given = std::getenv("PIXELPOOL_SEED");
  const unsigned seed =
      given == nullptr ? std::random_device()() : static_cast<unsigned>(std::atoi(given));
  std::printf("    PIXELPOOL_SEED=%u\n", seed);
  return seed;
}

void run(unsigned seed, bool refuses) {
  const Folder first;
  const Folder second;
  std::vector<std::string> disks;
  if (seed % 3 != 0 && !first.refuses_files()) disks = {first.path(), second.path()};
  Model model(seed, disks, refuses);
  for (int i = 0; i < steps; i++) {
    {
      const Refusals refusals(seed + static_cast<unsigned>(i), refuses);
      model.step();
      await_cleaner();
    }
    model.check();
  }
  model.end();
}

}  // namespace

TEST("whatever one thread does, the books are right") {
  const unsigned seed = any_seed();
  for (unsigned i = 0; i < 6 && failures == 0; i++) run(seed + i, false);
}

TEST("whatever one thread does where the system refuses now and then, the books are right") {
  const unsigned seed = any_seed();
  for (unsigned i = 0; i < 6 && failures == 0; i++) run(seed + i, true);
}
