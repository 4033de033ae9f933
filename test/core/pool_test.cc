#include "pool.h"

#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr std::size_t slot_bytes = 100'000;

PoolOptions options(std::uint32_t slots) {
  PoolOptions options{};
  options.classes = {{slot_bytes, slots, true, false}};
  options.reuse = Reuse::warmest_first;
  return options;
}

std::shared_ptr<Pool> make(const PoolOptions& options) {
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(options, pool) == Status::ok);
  return pool;
}

Owner join(Pool& pool) {
  Owner owner = no_owner;
  EXPECT(pool.join(
             1, [] {}, owner) == Status::ok);
  return owner;
}

using Held = Grant;

Status take(Pool& pool, Owner owner, Held& held) {
  return pool.acquire(owner, {0, pool.slot_bytes(0)}, held);
}

Held take(Pool& pool, Owner owner) {
  Held held;
  EXPECT(take(pool, owner, held) == Status::ok);
  return held;
}

Status drop(Pool& pool, const Held& held) {
  bool kept = false;
  return pool.release(held.lease, held.wrap, true, kept);
}

void paint(Pool& pool, const Held& held, int value) {
  std::memset(pool.start(held.lease.slot), value, slot_bytes);
}

bool shows(Pool& pool, const Held& held, int value) {
  const std::byte* const start = pool.start(held.lease.slot);
  for (std::size_t i = 0; i < slot_bytes; i++) {
    if (start[i] != static_cast<std::byte>(value)) return false;
  }
  return true;
}

bool adds_up(const PoolStats& stats) {
  return stats.free + stats.leased + stats.pinned + stats.quarantined == stats.slots;
}

}  // namespace

TEST("a pool that the system refuses is not made") {
  PoolOptions absurd = options(1'000'000);
  absurd.classes[0].slot_bytes = std::size_t{1} << 50;
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(absurd, pool) == Status::out_of_memory);
  EXPECT(pool == nullptr);
}

TEST("a pool leases each slot once and says when none is left") {
  const auto pool = make(options(2));
  const Owner me = join(*pool);
  take(*pool, me);
  take(*pool, me);
  Held none;
  EXPECT(take(*pool, me, none) == Status::exhausted);
  EXPECT(pool->stats().leased == 2);
}

TEST("a lease that has ended is stale for everything") {
  const auto pool = make(options(1));
  const Held held = take(*pool, join(*pool));
  EXPECT(drop(*pool, held) == Status::ok);
  Wrap wrap = no_wrap;
  EXPECT(drop(*pool, held) == Status::stale);
  EXPECT(pool->escape(held.lease, held.wrap) == Status::stale);
  EXPECT(pool->pin(held.lease) == Status::stale);
  EXPECT(pool->unpin(held.lease) == Status::stale);
  EXPECT(pool->retain(held.lease, wrap) == Status::stale);
}

TEST("memory is as it was left unless it is cleared") {
  const auto pool = make(options(1));
  const Owner me = join(*pool);
  const Held first = take(*pool, me);
  EXPECT(shows(*pool, first, 0));
  paint(*pool, first, 5);
  drop(*pool, first);
  EXPECT(shows(*pool, take(*pool, me), 5));
}

TEST("clear on acquire shows zeros to each tenant") {
  PoolOptions clearing = options(1);
  clearing.contents.clear = true;
  const auto pool = make(clearing);
  const Owner me = join(*pool);
  for (int i = 1; i <= 3; i++) {
    const Held held = take(*pool, me);
    EXPECT(shows(*pool, held, 0));
    paint(*pool, held, i);
    drop(*pool, held);
    EXPECT(shows(*pool, held, i));
  }
}

TEST("a fill on release leaves nothing of the last tenant, however the tenancy ends") {
  PoolOptions filling = options(1);
  filling.contents.fill_on_release = 0xdb;
  const auto pool = make(filling);
  const Owner me = join(*pool);
  Held held = take(*pool, me);
  paint(*pool, held, 1);
  drop(*pool, held);
  EXPECT(shows(*pool, held, 0xdb));
  held = take(*pool, me);
  paint(*pool, held, 2);
  EXPECT(pool->finalize(held.lease.slot, held.wrap));
  EXPECT(shows(*pool, held, 0xdb));
  held = take(*pool, me);
  paint(*pool, held, 3);
  EXPECT(pool->pin(held.lease) == Status::ok);
  drop(*pool, held);
  EXPECT(shows(*pool, held, 3));
  EXPECT(pool->unpin(held.lease) == Status::ok);
  EXPECT(shows(*pool, held, 0xdb));
}

TEST("trim gives back the memory of free slots only and counts it") {
  const auto pool = make(options(3));
  const Owner me = join(*pool);
  const Held a = take(*pool, me);
  const Held b = take(*pool, me);
  paint(*pool, a, 1);
  paint(*pool, b, 2);
  drop(*pool, a);
  const std::size_t before = pool->stats().resident_bytes;
  const std::size_t bytes = pool->trim();
  EXPECT(bytes >= slot_bytes);
  EXPECT(pool->stats().resident_bytes == before - bytes);
  EXPECT(pool->stats().trimmed_bytes == bytes);
  EXPECT(pool->trim() == 0);
  EXPECT(shows(*pool, b, 2));
  EXPECT(pool->stats().free == 2);
}

TEST("a closed pool leases nothing more and gives each slot back as it becomes free") {
  const auto pool = make(options(3));
  const Owner me = join(*pool);
  const Held a = take(*pool, me);
  const Held b = take(*pool, me);
  paint(*pool, a, 1);
  paint(*pool, b, 2);
  drop(*pool, a);
  pool->close(me);
  Held none;
  EXPECT(take(*pool, me, none) == Status::closed);
  EXPECT(shows(*pool, b, 2));
  bool kept = true;
  EXPECT(pool->release(b.lease, b.wrap, true, kept) == Status::ok);
  EXPECT(!kept);
  EXPECT(pool->stats().resident_bytes == 0);
  EXPECT(pool->stats().free == 3);
}

TEST("an owner that leaves takes nothing with it") {
  const auto pool = make(options(4));
  const Owner leaver = join(*pool);
  const Owner stayer = join(*pool);
  const Held leased = take(*pool, leaver);
  const Held pinned = take(*pool, leaver);
  EXPECT(pool->pin(pinned.lease) == Status::ok);
  drop(*pool, pinned);
  const Held kept = take(*pool, stayer);
  pool->leave(leaver);
  EXPECT(pool->stats().free == 3);
  EXPECT(pool->stats().leased == 1);
  EXPECT(pool->stats().counters.leaked == 0);
  EXPECT(!pool->finalize(leased.lease.slot, leased.wrap));
  EXPECT(drop(*pool, kept) == Status::ok);
}

TEST("after an owner died with a lease out, the addresses outlive the pool") {
  const std::byte* start = nullptr;
  {
    const auto pool = make(options(1));
    const Owner me = join(*pool);
    const Held held = take(*pool, me);
    paint(*pool, held, 9);
    start = pool->start(held.lease.slot);
    pool->orphan(held.lease.slot, held.wrap);
    pool->leave(me);
  }
  EXPECT(start[slot_bytes - 1] == std::byte{0});
}

TEST("where views stay, the addresses outlive the pool even if all was released") {
  const std::byte* start = nullptr;
  {
    PoolOptions staying = options(1);
    staying.views_stay = true;
    const auto pool = make(staying);
    const Held held = take(*pool, join(*pool));
    paint(*pool, held, 9);
    start = pool->start(held.lease.slot);
    drop(*pool, held);
    pool->orphan(held.lease.slot, held.wrap);
  }
  EXPECT(start[slot_bytes - 1] == std::byte{0});
}

TEST("leaked wraps are told once, and only when asked for") {
  PoolOptions logging = options(1);
  logging.log_leaks = true;
  for (const bool log : {true, false}) {
    logging.log_leaks = log;
    const auto pool = make(logging);
    const Owner owner = join(*pool);
    const Owner other = join(*pool);
    const Held held = take(*pool, owner);
    EXPECT(pool->finalize(held.lease.slot, held.wrap));
    EXPECT(pool->take_leaked(other).empty());
    EXPECT(pool->take_leaked(owner).size() == (log ? 1 : 0));
    EXPECT(pool->take_leaked(owner).empty());
    EXPECT(pool->stats().counters.leaked == 1);
  }
}

// Every thread is an owner that paints what it leases and looks whether it is still there.
TEST("threads that lease, pin, retain, lose and trim at once never share a slot") {
  constexpr std::uint32_t slots = 6;
  constexpr int thread_count = 4;
  constexpr int rounds = 2000;
  PoolOptions small = options(slots);
  small.classes[0].slot_bytes = 4096;
  const auto pool = make(small);
  (void)join(*pool);  // keeps it open while all others leave
  std::atomic<int> mismatches{0};
  const auto work = [&](int seed) {
    std::minstd_rand random(static_cast<unsigned>(seed));
    const Owner me = join(*pool);
    for (int round = 0; round < rounds; round++) {
      Held held;
      if (take(*pool, me, held) != Status::ok) continue;
      std::byte* const start = pool->start(held.lease.slot);
      std::memset(start, seed, 4096);
      if (random() % 8 == 0) std::this_thread::yield();
      for (std::size_t i = 0; i < 4096; i += 512) {
        if (start[i] != static_cast<std::byte>(seed)) mismatches++;
      }
      Held second;
      second.lease = held.lease;
      switch (random() % 6) {
        case 0:
          if (!pool->finalize(held.lease.slot, held.wrap)) mismatches++;
          break;
        case 1:
          if (pool->pin(held.lease) != Status::ok) mismatches++;
          if (drop(*pool, held) != Status::ok) mismatches++;
          if (pool->unpin(held.lease) != Status::ok) mismatches++;
          break;
        case 2:
          if (pool->retain(held.lease, second.wrap) != Status::ok) mismatches++;
          if (drop(*pool, held) != Status::ok) mismatches++;
          if (drop(*pool, second) != Status::ok) mismatches++;
          break;
        case 3:
          if (pool->escape(held.lease, held.wrap) != Status::ok) mismatches++;
          if (!pool->finalize(held.lease.slot, held.wrap)) mismatches++;
          break;
        case 4:
          if (drop(*pool, held) != Status::ok) mismatches++;
          if (random() % 64 == 0) pool->trim();
          break;
        default:
          if (drop(*pool, held) != Status::ok) mismatches++;
          if (!adds_up(pool->stats())) mismatches++;
      }
    }
    pool->leave(me);
  };
  std::vector<std::thread> threads;
  for (int i = 1; i <= thread_count; i++) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
  EXPECT(mismatches == 0);
  EXPECT(pool->stats().free == slots);
}

TEST("threads that acquire and release while the pool closes leave it empty") {
  PoolOptions small = options(4);
  small.classes[0].slot_bytes = 4096;
  small.contents.fill_on_release = 1;
  const auto pool = make(small);
  const std::vector<Owner> owners = {join(*pool), join(*pool), join(*pool)};
  std::vector<std::thread> threads;
  for (const Owner me : owners) {
    threads.emplace_back([&pool, me] {
      Held held;
      Status status = Status::ok;
      while (status != Status::closed) {
        status = take(*pool, me, held);
        if (status != Status::ok) continue;
        std::memset(pool->start(held.lease.slot), 1, 4096);
        (void)drop(*pool, held);
      }
    });
  }
  for (const Owner owner : owners) pool->close(owner);
  for (auto& thread : threads) thread.join();
  EXPECT(pool->stats().free == 4);
  EXPECT(pool->stats().resident_bytes == 0);
}

namespace {

// Two sizes of slots, of which a few pages may be held at a time.
std::shared_ptr<Pool> make_with_budget(std::size_t budget) {
  PoolOptions sizes{};
  sizes.classes = {{4096, 4, false, true}, {16384, 4, false, true}};
  sizes.budget = budget;
  return make(sizes);
}

constexpr Demand small_demand{0, 4096};
constexpr Demand large_demand{1, 16384};

Status take_of(Pool& pool, Owner owner, const Demand& demand, Held& held) {
  return pool.acquire(owner, demand, held);
}

}  // namespace

TEST("all sizes together hold no more than the budget") {
  const auto pool = make_with_budget(16384 + 4096);
  const Owner owner = join(*pool);
  Held large;
  Held small;
  Held none;
  EXPECT(take_of(*pool, owner, large_demand, large) == Status::ok);
  EXPECT(take_of(*pool, owner, small_demand, small) == Status::ok);
  EXPECT(take_of(*pool, owner, small_demand, none) == Status::exhausted);
  EXPECT(pool->stats().held_bytes == 16384 + 4096);
  drop(*pool, small);
  EXPECT(pool->stats().held_bytes == 16384 + 4096);  // idle, and still in memory
  EXPECT(take_of(*pool, owner, small_demand, small) == Status::ok);
  EXPECT(pool->trim() == 0);
}

TEST("idle memory of other sizes goes back before anybody is refused") {
  const auto pool = make_with_budget(16384);
  const Owner owner = join(*pool);
  Held smalls[4];
  for (Held& small : smalls) {
    EXPECT(take_of(*pool, owner, small_demand, small) == Status::ok);
    std::memset(pool->start(small.lease.slot), 1, 4096);
  }
  Held large;
  EXPECT(take_of(*pool, owner, large_demand, large) == Status::exhausted);
  for (const Held& small : smalls) drop(*pool, small);
  EXPECT(pool->stats().held_bytes == 16384);
  EXPECT(take_of(*pool, owner, large_demand, large) == Status::ok);
  EXPECT(pool->stats().held_bytes == 16384);
  EXPECT(pool->stats().trimmed_bytes == 16384);
}

TEST("a slot holds what its tenant can touch, not what it has room for") {
  const auto pool = make_with_budget(16384);
  const Owner owner = join(*pool);
  Held first;
  Held second;
  EXPECT(take_of(*pool, owner, {1, 5000}, first) == Status::ok);
  EXPECT(pool->stats().held_bytes == 8192);
  EXPECT(take_of(*pool, owner, {1, 5000}, second) == Status::ok);
  EXPECT(pool->stats().held_bytes == 16384);
}

TEST("who waits for memory gets it when enough is idle, and nobody overtakes him") {
  const auto pool = make_with_budget(16384);
  const Owner owner = join(*pool);
  Held small;
  EXPECT(take_of(*pool, owner, small_demand, small) == Status::ok);
  Ticket ticket = 0;
  EXPECT(pool->wait(owner, large_demand, ticket) == Status::ok);
  Held none;
  EXPECT(take_of(*pool, owner, small_demand, none) == Status::exhausted);
  Grant grant{};
  EXPECT(pool->take_grant(owner, grant) == Status::stale);
  drop(*pool, small);
  while (pool->take_grant(owner, grant) != Status::ok) std::this_thread::yield();
  EXPECT(grant.ticket == ticket);
  EXPECT(pool->stats().held_bytes == 16384);
}
