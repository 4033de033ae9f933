#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "harness.h"
#include "pool.h"

using namespace pixelpool;

namespace {

constexpr Time now{};
constexpr Time later = now + std::chrono::seconds(1);

using Held = Grant;

std::shared_ptr<Pool> make(std::uint32_t slots) {
  PoolOptions options{};
  options.classes = {{4096, slots, false, false}};
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(options, pool) == Status::ok);
  return pool;
}

// A thread of the pool, as far as the core knows one.
class Thread {
 public:
  explicit Thread(const std::shared_ptr<Pool>& pool, Home home = 0) : pool_(*pool) {
    static std::atomic<Home> last{1000};
    EXPECT(pool->join(
               home == 0 ? ++last : home, [bell = bell_] { ++*bell; }, owner) == Status::ok);
  }

  Status take(Held& held) { return pool_.acquire(owner, {0, pool_.slot_bytes(0)}, held); }
  Held take() {
    Held held;
    EXPECT(take(held) == Status::ok);
    return held;
  }
  void drop(const Held& held) {
    bool kept = false;
    EXPECT(pool_.release(held.lease, held.wrap, false, kept) == Status::ok);
  }
  Ticket wait() {
    Ticket ticket = 0;
    EXPECT(pool_.wait(owner, {0, pool_.slot_bytes(0)}, ticket) == Status::ok);
    return ticket;
  }
  Status move(const Held& held, const Key& key) {
    bool kept = false;
    return pool_.move(held.lease, held.wrap, false, {key, later}, kept);
  }
  Status adopt(const Key& key, Held& held, Time when = now) {
    return pool_.adopt(owner, key, when, held);
  }

  Owner owner = no_owner;
  [[nodiscard]] int rings() const { return *bell_; }

 private:
  // Told of what was served at the same moment, it may ring when its thread has gone.
  const std::shared_ptr<std::atomic<int>> bell_ = std::make_shared<std::atomic<int>>(0);
  Pool& pool_;
};

std::vector<Grant> take_grants(Pool& pool, Owner owner) {
  std::vector<Grant> grants;
  for (Grant grant{}; pool.take_grant(owner, grant) == Status::ok;) grants.push_back(grant);
  return grants;
}

}  // namespace

TEST("a released slot goes straight to the oldest who waits, wherever that is") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  const Ticket first = b.wait();
  (void)a.wait();
  a.drop(held);
  EXPECT(b.rings() == 1);
  EXPECT(a.rings() == 0);
  EXPECT(take_grants(*pool, a.owner).empty());
  const auto grants = take_grants(*pool, b.owner);
  EXPECT(grants.size() == 1);
  EXPECT(grants.front().ticket == first);
  EXPECT(pool->stats().leased == 1);
  EXPECT(pool->stats().waiting == 1);
}

TEST("nobody overtakes the line") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  (void)b.wait();
  a.drop(held);
  Held none;
  EXPECT(a.take(none) == Status::exhausted);
  EXPECT(take_grants(*pool, b.owner).size() == 1);
}

TEST("who waits while a slot is free gets it at once") {
  const auto pool = make(1);
  Thread a(pool);
  (void)a.wait();
  EXPECT(take_grants(*pool, a.owner).size() == 1);
}

TEST("a grant that nobody took goes to the next one when its waiter gives up, dies or closes") {
  for (const int way : {0, 1, 2}) {
    const auto pool = make(1);
    Thread a(pool);
    Thread b(pool);
    Thread c(pool);
    const Held held = a.take();
    const Ticket ticket = b.wait();
    (void)c.wait();
    a.drop(held);
    if (way == 0) pool->stop_waiting(ticket);
    if (way == 1) pool->leave(b.owner);
    if (way == 2) pool->close(b.owner);
    EXPECT(take_grants(*pool, b.owner).empty());
    EXPECT(take_grants(*pool, c.owner).size() == 1);
    EXPECT(c.rings() == 1);
  }
}

TEST("who has left the line is never served") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  const Ticket ticket = b.wait();
  pool->stop_waiting(ticket);
  pool->stop_waiting(ticket);
  a.drop(held);
  EXPECT(b.rings() == 0);
  EXPECT(pool->stats().free == 1);
}

TEST("what a dead owner held goes to those who wait, what its jobs hold after them") {
  const auto pool = make(2);
  Thread a(pool);
  Thread b(pool);
  (void)a.take();
  const Held working = a.take();
  EXPECT(pool->begin_job(working.lease) == Status::ok);
  (void)b.wait();
  (void)b.wait();
  pool->leave(a.owner);
  EXPECT(take_grants(*pool, b.owner).size() == 1);
  EXPECT(pool->stats().pinned == 1);
  EXPECT(pool->end_job(working.lease));
  EXPECT(take_grants(*pool, b.owner).size() == 1);
}

TEST("a moved lease keeps its memory and survives its sender") {
  const auto pool = make(1);
  auto a = std::make_unique<Thread>(pool);
  Thread b(pool);
  const Held held = a->take();
  std::memset(pool->start(held.lease.slot), 7, 4096);
  EXPECT(a->move(held, "key") == Status::ok);
  pool->leave(a->owner);
  EXPECT(pool->stats().leased == 1);
  Held adopted;
  EXPECT(b.adopt("key", adopted) == Status::ok);
  EXPECT(adopted.lease.generation == held.lease.generation);
  EXPECT(*pool->start(adopted.lease.slot) == std::byte{7});
  EXPECT(b.adopt("key", adopted) == Status::stale);
  b.drop(adopted);
  EXPECT(pool->stats().free == 1);
}

TEST("a lease does not move while anything else holds its slot") {
  const auto pool = make(1);
  Thread a(pool);
  const Held held = a.take();
  EXPECT(pool->pin(held.lease) == Status::ok);
  EXPECT(a.move(held, "key") == Status::held);
  EXPECT(pool->unpin(held.lease) == Status::ok);
  Wrap second = no_wrap;
  EXPECT(pool->retain(held.lease, second) == Status::ok);
  EXPECT(a.move(held, "key") == Status::held);
  EXPECT(pool->escape(held.lease, second) == Status::ok);
  EXPECT(a.move(held, "key") == Status::held);
  EXPECT(!pool->finalize(held.lease.slot, second));
  EXPECT(a.move(held, "key") == Status::ok);
}

TEST("a move that runs out comes back, and cannot be adopted") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  EXPECT(a.move(a.take(), "key") == Status::ok);
  EXPECT(!pool->expire(now));
  (void)b.wait();
  EXPECT(pool->expire(later));
  EXPECT(take_grants(*pool, b.owner).size() == 1);
  Held none;
  EXPECT(b.adopt("key", none, later) == Status::stale);
}

TEST("moves come back when the last member closes") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  EXPECT(a.move(a.take(), "key") == Status::ok);
  pool->close(a.owner);
  EXPECT(pool->stats().leased == 1);
  pool->close(b.owner);
  EXPECT(pool->stats().free == 1);
  Owner late = no_owner;
  EXPECT(pool->join(
             1, [] {}, late) == Status::closed);
}

TEST("somebody beside an owner holds a slot: another one, a pin, a move") {
  const auto pool = make(2);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  EXPECT(pool->search(a.owner) == Pool::Hope::none);
  EXPECT(pool->search(b.owner) == Pool::Hope::held);
  EXPECT(pool->pin(held.lease) == Status::ok);
  EXPECT(pool->search(a.owner) == Pool::Hope::held);
  EXPECT(pool->unpin(held.lease) == Status::ok);
  EXPECT(a.move(held, "key") == Status::ok);
  EXPECT(pool->search(a.owner) == Pool::Hope::held);
}

TEST("what a dead owner's memory holds for ever is no hope") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = b.take();
  EXPECT(pool->escape(held.lease, held.wrap) == Status::ok);
  EXPECT(pool->search(a.owner) == Pool::Hope::held);
  pool->leave(b.owner);
  EXPECT(pool->stats().quarantined == 1);
  EXPECT(pool->search(a.owner) == Pool::Hope::none);
}

TEST("what another member of the same thread holds is no hope") {
  const auto pool = make(1);
  Thread a(pool, 1);
  Thread near(pool, 1);
  Thread far(pool, 2);
  (void)near.take();
  EXPECT(pool->search(a.owner) == Pool::Hope::none);
  EXPECT(pool->search(far.owner) == Pool::Hope::held);
}

TEST("all others are asked to look for what they have forgotten, unless somebody was served") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  Thread c(pool);
  const Held held = a.take();
  b.wait();
  EXPECT(pool->search(b.owner) == Pool::Hope::held);
  EXPECT(a.rings() == 1);
  EXPECT(b.rings() == 0);
  EXPECT(c.rings() == 1);
  EXPECT(pool->take_asked(a.owner));
  EXPECT(!pool->take_asked(a.owner));
  EXPECT(!pool->take_asked(b.owner));
  a.drop(held);
  c.wait();
  EXPECT(pool->search(c.owner) == Pool::Hope::served);
  EXPECT(!pool->take_asked(a.owner));
  EXPECT(pool->search(c.owner) == Pool::Hope::held);
  EXPECT(pool->take_asked(a.owner));
}

TEST("an acquire that finds no slot is counted by who cannot find one otherwise") {
  const auto pool = make(1);
  Thread a(pool);
  Held held = a.take();
  EXPECT(a.take(held) == Status::exhausted);
  EXPECT(pool->stats().counters.exhausted == 0);
  pool->count_exhausted({0, pool->slot_bytes(0)});
  EXPECT(pool->stats().counters.exhausted == 1);
}

TEST("a handle may move when it is the only thing that holds its slot") {
  const auto pool = make(1);
  Thread a(pool);
  const Held held = a.take();
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::ok);
  EXPECT(pool->may_move(held.lease, held.wrap + 1) == Status::held);
  EXPECT(pool->begin_job(held.lease) == Status::ok);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::held);
  EXPECT(!pool->end_job(held.lease));
  EXPECT(pool->pin(held.lease) == Status::ok);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::held);
  EXPECT(pool->unpin(held.lease) == Status::ok);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::ok);
  a.drop(held);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::held);
}

TEST("a handle may move when its member has closed, and not when all have") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  pool->close(a.owner);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::ok);
  pool->close(b.owner);
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::closed);
}

TEST("what is moved in a pool that closed meanwhile comes back at once") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  EXPECT(pool->may_move(held.lease, held.wrap) == Status::ok);
  pool->close(a.owner);
  pool->close(b.owner);
  bool kept = true;
  EXPECT(pool->move(held.lease, held.wrap, true, {"key", later}, kept) == Status::ok);
  EXPECT(!kept);
  const PoolStats stats = pool->stats();
  EXPECT(stats.free == 1);
  EXPECT(stats.resident_bytes == 0);
  EXPECT(stats.counters.acquires == stats.counters.releases);
  Held none;
  EXPECT(a.adopt("key", none) == Status::closed);
}

TEST("a moved lease cannot be released, retained or pinned by who sent it") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  const Held held = a.take();
  EXPECT(a.move(held, "key") == Status::ok);
  bool kept = false;
  Wrap second = no_wrap;
  EXPECT(pool->release(held.lease, held.wrap, false, kept) == Status::stale);
  EXPECT(pool->retain(held.lease, second) == Status::stale);
  EXPECT(pool->pin(held.lease) == Status::stale);
  EXPECT(pool->begin_job(held.lease) == Status::stale);
  EXPECT(a.move(held, "other key") == Status::held);
  EXPECT(!pool->finalize(held.lease.slot, held.wrap));
  Held adopted;
  EXPECT(b.adopt("key", adopted) == Status::ok);
  EXPECT(pool->release(held.lease, held.wrap, false, kept) == Status::stale);
  EXPECT(pool->stats().leased == 1);
}

TEST("each owner gets back the wrap it kept of a slot that moves to and fro") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  Held at_a = a.take();
  const Wrap wrap_of_a = at_a.wrap;
  Wrap wrap_of_b = no_wrap;
  for (int i = 0; i < 3; i++) {
    bool kept = false;
    EXPECT(pool->move(at_a.lease, at_a.wrap, true, {"there", later}, kept) == Status::ok);
    EXPECT(kept);
    Held at_b;
    EXPECT(pool->adopt(b.owner, "there", now, at_b) == Status::ok);
    EXPECT(at_b.kept == (i > 0));
    EXPECT(i == 0 || at_b.wrap == wrap_of_b);
    wrap_of_b = at_b.wrap;
    EXPECT(pool->move(at_b.lease, at_b.wrap, true, {"back", later}, kept) == Status::ok);
    EXPECT(pool->adopt(a.owner, "back", now, at_a) == Status::ok);
    EXPECT(at_a.kept);
    EXPECT(at_a.wrap == wrap_of_a);
  }
  const Counters counters = pool->stats().counters;
  EXPECT(counters.acquires == 1);
  EXPECT(counters.releases == 0);
}

TEST("a member that has closed or left neither waits nor adopts") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  Thread c(pool);
  EXPECT(a.move(a.take(), "key") == Status::ok);
  pool->close(b.owner);
  pool->leave(c.owner);
  Ticket ticket = 0;
  Held none;
  for (Thread* const each : {&b, &c}) {
    EXPECT(pool->wait(each->owner, {0, 4096}, ticket) == Status::closed);
    EXPECT(each->adopt("key", none) == Status::closed);
    EXPECT(each->take(none) == Status::closed);
  }
  EXPECT(a.adopt("key", none) == Status::ok);
}

TEST("a grant that goes back counts as given out and given back, and keeps its wrap") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  bool kept = false;
  const Held first = b.take();
  EXPECT(pool->release(first.lease, first.wrap, true, kept) == Status::ok);
  EXPECT(kept);
  const Held held = a.take();
  const Ticket ticket = b.wait();
  a.drop(held);
  EXPECT(pool->stats().counters.acquires == 3);
  pool->stop_waiting(ticket);
  EXPECT(pool->stats().counters.releases == 3);
  EXPECT(pool->stats().free == 1);
  Held again;
  EXPECT(pool->acquire(b.owner, {0, pool->slot_bytes(0)}, again) == Status::ok);
  EXPECT(kept);
  EXPECT(again.wrap == first.wrap);
}

TEST("a member that leaves with grants, leases and places in line gives up all of them") {
  const auto pool = make(2);
  Thread a(pool);
  auto b = std::make_unique<Thread>(pool);
  Thread c(pool);
  const Held held = a.take();
  (void)b->take();
  (void)b->wait();
  (void)b->wait();
  (void)c.wait();
  (void)c.wait();
  a.drop(held);
  EXPECT(pool->stats().waiting == 3);
  pool->leave(b->owner);
  EXPECT(take_grants(*pool, c.owner).size() == 2);
  const PoolStats stats = pool->stats();
  EXPECT(stats.waiting == 0);
  EXPECT(stats.leased == 2);
  EXPECT(stats.counters.acquires - stats.counters.releases == 2);
}

TEST("the last member that leaves closes the pool and ends its moves") {
  const auto pool = make(1);
  Thread a(pool);
  EXPECT(a.move(a.take(), "key") == Status::ok);
  pool->leave(a.owner);
  EXPECT(pool->stats().free == 1);
  Owner late = no_owner;
  EXPECT(pool->join(
             1, [] {}, late) == Status::closed);
}

TEST("who has closed is asked for what he has forgotten, who has left is not") {
  const auto pool = make(1);
  Thread a(pool);
  Thread b(pool);
  Thread c(pool);
  pool->close(b.owner);
  pool->leave(c.owner);
  EXPECT(pool->search(a.owner) == Pool::Hope::none);
  EXPECT(b.rings() == 1);
  EXPECT(c.rings() == 0);
}

TEST("a released slot that a job holds is held by somebody beside its owner") {
  const auto pool = make(1);
  Thread a(pool);
  const Held held = a.take();
  EXPECT(pool->begin_job(held.lease) == Status::ok);
  a.drop(held);
  EXPECT(pool->search(a.owner) == Pool::Hope::held);
  EXPECT(pool->end_job(held.lease));
  EXPECT(pool->search(a.owner) == Pool::Hope::none);
}

TEST("leaks are told to the owner who lost them, adopted ones to who adopted") {
  PoolOptions options{};
  options.classes = {{4096, 3, false, false}};
  options.log_leaks = true;
  std::shared_ptr<Pool> pool;
  EXPECT(Pool::create(options, pool) == Status::ok);
  Thread a(pool);
  Thread b(pool);
  Thread c(pool);
  const Held of_a = a.take();
  const Held of_c = c.take();
  EXPECT(a.move(a.take(), "key") == Status::ok);
  Held of_b;
  EXPECT(b.adopt("key", of_b) == Status::ok);
  for (const Held& each : {of_a, of_b, of_c}) EXPECT(pool->finalize(each.lease.slot, each.wrap));
  EXPECT(pool->take_leaked(b.owner) == std::vector<Wrap>{of_b.wrap});
  EXPECT(pool->take_leaked(a.owner) == std::vector<Wrap>{of_a.wrap});
  EXPECT(pool->take_leaked(a.owner).empty());
  pool->leave(c.owner);
  EXPECT(pool->take_leaked(c.owner).empty());
  EXPECT(pool->stats().counters.leaked == 3);
}

TEST("who parts leaves at once, or when somebody parts after he lost what he held") {
  const auto pool = make(2);
  const Thread keeper(pool);
  Thread idle(pool);
  Thread holding(pool);
  Thread last(pool);
  const Held held = holding.take();
  pool->part(idle.owner);
  pool->part(holding.owner);
  EXPECT(!pool->has_member(idle.owner));
  EXPECT(pool->has_member(holding.owner));
  Held none;
  EXPECT(holding.take(none) == Status::closed);
  EXPECT(pool->finalize(held.lease.slot, held.wrap));
  pool->part(last.owner);
  EXPECT(!pool->has_member(holding.owner));
  EXPECT(pool->has_member(keeper.owner));
  EXPECT(pool->stats().free == 2);
}

TEST("threads that take, wait, give up, move, adopt and die lose no slot and share none") {
  constexpr std::uint32_t slots = 3;
  constexpr int thread_count = 4;
  constexpr int rounds = 3000;
  const auto pool = make(slots);
  const Thread keeper(pool);
  std::atomic<int> mismatches = 0;
  std::atomic<int> last_key = 0;
  const auto use = [&](const Held& held, int mark) {
    std::byte* const start = pool->start(held.lease.slot);
    std::memset(start, mark, 4096);
    std::this_thread::yield();
    for (int i = 0; i < 4096; i += 512) {
      if (start[i] != static_cast<std::byte>(mark)) mismatches++;
    }
  };
  const auto work = [&](int mark) {
    std::mt19937 random(static_cast<unsigned>(mark));
    auto self = std::make_unique<Thread>(pool);
    for (int round = 0; round < rounds; round++) {
      Held held;
      const auto choice = random() % 16;
      if (self->take(held) == Status::ok) {
        use(held, mark);
        if (choice == 0) {
          const Key key = std::to_string(last_key++);
          (void)self->move(held, key);
          if (random() % 2 == 0 && self->adopt(key, held) == Status::ok) self->drop(held);
        } else if (choice == 1) {
          pool->leave(self->owner);
          self = std::make_unique<Thread>(pool);
        } else {
          self->drop(held);
        }
      } else {
        const Ticket ticket = self->wait();
        if (choice % 2 == 0) pool->stop_waiting(ticket);
        for (const Grant& grant : take_grants(*pool, self->owner)) {
          use(grant, mark);
          self->drop(grant);
        }
        pool->stop_waiting(ticket);
      }
      if (choice == 2) pool->expire(later);
    }
    pool->leave(self->owner);
  };
  std::vector<std::thread> threads;
  for (int i = 1; i <= thread_count; i++) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
  pool->expire(later);
  EXPECT(mismatches == 0);
  EXPECT(pool->stats().free == slots);
  EXPECT(pool->stats().waiting == 0);
}
