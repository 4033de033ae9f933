#include "slot_job.h"

#include <cstring>

#include "harness.h"

using namespace pixelpool;

namespace {

struct Held : Grant {
  std::shared_ptr<Pool> pool;
};

Held take_only_slot() {
  PoolOptions options{};
  options.classes = {{4096, 1, false, false}};
  Held held;
  EXPECT(Pool::create(options, held.pool) == Status::ok);
  EXPECT(held.pool->join(
             1, [] {}, held.owner) == Status::ok);
  EXPECT(held.pool->acquire(held.owner, {0, 4096}, held) == Status::ok);
  return held;
}

SlotJob begin(const Held& held) {
  SlotJob job;
  EXPECT(SlotJob::begin(held.pool, held.lease, job) == Status::ok);
  return job;
}

void release(const Held& held) {
  bool kept = false;
  EXPECT(held.pool->release(held.lease, held.wrap, false, kept) == Status::ok);
}

}  // namespace

TEST("a slot job keeps the slot from the next tenant until its end") {
  const Held held = take_only_slot();
  SlotJob job = begin(held);
  release(held);
  EXPECT(held.pool->stats().pinned == 1);
  EXPECT(job.end());
  EXPECT(held.pool->stats().free == 1);
  EXPECT(!job.end());
}

TEST("a slot job that ends before the release gives nothing back") {
  const Held held = take_only_slot();
  EXPECT(!begin(held).end());
  EXPECT(held.pool->stats().leased == 1);
  release(held);
  EXPECT(held.pool->stats().free == 1);
}

TEST("a slot job outlives its thread's membership, and its pool") {
  Held held = take_only_slot();
  SlotJob job = begin(held);
  held.pool->close(held.owner);
  held.pool->leave(held.owner);
  held.pool.reset();
  std::memset(job.start(), 1, job.bytes());
  EXPECT(job.end());
}

TEST("a slot job moves, and ends once") {
  const Held held = take_only_slot();
  {
    SlotJob first = begin(held);
    SlotJob second = std::move(first);
    EXPECT(!first.end());
    release(held);
    EXPECT(held.pool->stats().pinned == 1);
  }
  EXPECT(held.pool->stats().free == 1);
}

TEST("a slot job does not begin on a lease that has ended") {
  const Held held = take_only_slot();
  release(held);
  SlotJob job;
  EXPECT(SlotJob::begin(held.pool, held.lease, job) == Status::stale);
}
