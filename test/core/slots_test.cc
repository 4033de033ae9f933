#include "slots.h"

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr Owner me = 1;
constexpr Owner other = 2;

struct Held {
  Lease lease{};
  Wrap wrap = no_wrap;
};

Held take(Slots& slots, Owner owner = me) {
  Held held;
  bool kept = false;
  const std::uint32_t slot = slots.shelves().next(0);
  EXPECT(slot != no_slot);
  slots.lease(owner, slot, held.lease, held.wrap, kept);
  return held;
}

bool none_to_take(const Slots& slots) {
  return slots.shelves().next(0) == no_slot;
}

bool free_if_unheld(Slots& slots, std::uint32_t slot) {
  if (!slots.end_if_unheld(slot)) return false;
  slots.give_back(slot, Shelf::warm);
  return true;
}

bool kept_when_released(Slots& slots, const Held& held, bool offered = true) {
  bool kept = false;
  EXPECT(slots.release(held.lease, held.wrap, offered, kept));
  return kept;
}

bool adds_up(const Slots& slots) {
  return slots.free() + slots.leased() + slots.pinned() + slots.quarantined() == slots.count();
}

}  // namespace

TEST("slots are leased from the first on, the one released last before all others") {
  Slots slots({3}, Reuse::warmest_first);
  const Held a = take(slots);
  const Held b = take(slots);
  EXPECT(a.lease.slot == 0);
  EXPECT(b.lease.slot == 1);
  kept_when_released(slots, a);
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(take(slots).lease.slot == 0);
  EXPECT(take(slots).lease.slot == 2);
}

TEST("with coldest_first the slot released last is leased after all others") {
  Slots slots({3}, Reuse::coldest_first);
  const Held a = take(slots);
  kept_when_released(slots, a);
  EXPECT(free_if_unheld(slots, a.lease.slot));
  EXPECT(take(slots).lease.slot != a.lease.slot);
  EXPECT(take(slots).lease.slot != a.lease.slot);
  EXPECT(take(slots).lease.slot == a.lease.slot);
}

TEST("no slot is leased twice, and none when all are") {
  Slots slots({2}, Reuse::warmest_first);
  EXPECT(take(slots).lease.slot != take(slots).lease.slot);
  EXPECT(none_to_take(slots));
  EXPECT(slots.leased() == 2);
  EXPECT(adds_up(slots));
}

TEST("refuses a second release, even after the slot is leased again") {
  Slots slots({1}, Reuse::warmest_first);
  const Held old = take(slots);
  kept_when_released(slots, old);
  EXPECT(free_if_unheld(slots, 0));
  bool kept = false;
  EXPECT(!slots.release(old.lease, old.wrap, true, kept));
  const Held current = take(slots);
  EXPECT(current.lease.generation == old.lease.generation + 1);
  EXPECT(!slots.release(old.lease, old.wrap, true, kept));
  EXPECT(slots.leased() == 1);
}

TEST("an owner gets back the wrap it kept, and only that owner") {
  Slots slots({1}, Reuse::warmest_first);
  const Held mine = take(slots);
  EXPECT(kept_when_released(slots, mine));
  EXPECT(free_if_unheld(slots, 0));
  const Held theirs = take(slots, other);
  EXPECT(theirs.wrap != mine.wrap);
  EXPECT(kept_when_released(slots, theirs));
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(take(slots).wrap == mine.wrap);
}

TEST("a wrap that is not offered is not kept") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(!kept_when_released(slots, held, false));
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(take(slots).wrap != held.wrap);
}

TEST("a retained slot is free when its last handle is released, whichever that is") {
  for (const bool first_first : {true, false}) {
    Slots slots({1}, Reuse::warmest_first);
    const Held first = take(slots);
    Held second{first.lease, no_wrap};
    EXPECT(slots.retain(first.lease, second.wrap));
    EXPECT(second.wrap != first.wrap);
    EXPECT(!kept_when_released(slots, first_first ? first : second));
    EXPECT(!free_if_unheld(slots, 0));
    EXPECT(slots.leased() == 1);
    EXPECT(kept_when_released(slots, first_first ? second : first));
    EXPECT(free_if_unheld(slots, 0));
    EXPECT(slots.counters().acquires == 2);
    EXPECT(slots.counters().releases == 2);
  }
}

TEST("a pin holds a released slot until the last pin ends") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.pin(held.lease, PinnedBy::script));
  EXPECT(slots.pin(held.lease, PinnedBy::script));
  kept_when_released(slots, held);
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.pinned() == 1);
  EXPECT(slots.leased() == 0);
  EXPECT(adds_up(slots));
  EXPECT(slots.unpin(held.lease, PinnedBy::script));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.unpin(held.lease, PinnedBy::script));
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(!slots.unpin(held.lease, PinnedBy::script));
  EXPECT(slots.free() == 1);
}

TEST("a job holds the slot after its last handle, and after its owner's death") {
  Slots slots({2}, Reuse::warmest_first);
  const Held released = take(slots);
  const Held abandoned = take(slots);
  EXPECT(slots.pin(released.lease, PinnedBy::job));
  EXPECT(slots.pin(abandoned.lease, PinnedBy::job));
  kept_when_released(slots, released);
  EXPECT(slots.abandon(abandoned.lease.slot, me));
  for (const std::uint32_t slot : {0U, 1U}) EXPECT(!free_if_unheld(slots, slot));
  EXPECT(slots.pinned() == 2);
  EXPECT(adds_up(slots));
  EXPECT(slots.unpin(released.lease, PinnedBy::job));
  EXPECT(slots.unpin(abandoned.lease, PinnedBy::job));
  for (const std::uint32_t slot : {0U, 1U}) EXPECT(free_if_unheld(slots, slot));
  EXPECT(slots.free() == 2);
}

TEST("no job begins on a slot without a handle") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.pin(held.lease, PinnedBy::script));
  kept_when_released(slots, held);
  EXPECT(!slots.pin(held.lease, PinnedBy::job));
  EXPECT(slots.unpin(held.lease, PinnedBy::script));
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(!slots.pin(held.lease, PinnedBy::job));
}

TEST("a released slot can be neither pinned nor retained") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.pin(held.lease, PinnedBy::script));
  kept_when_released(slots, held);
  Wrap wrap = no_wrap;
  EXPECT(!slots.pin(held.lease, PinnedBy::script));
  EXPECT(!slots.retain(held.lease, wrap));
}

TEST("a finalized handle is a leak, and its slot comes back") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.finalize(0, held.wrap) != no_owner);
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(slots.counters().leaked == 1);
  bool kept = false;
  EXPECT(!slots.release(held.lease, held.wrap, true, kept));
  EXPECT(!slots.escape(held.lease, held.wrap));
  EXPECT(slots.counters().releases == 0);
}

TEST("the finalizer of a wrap that was replaced means nothing to the next tenancy") {
  Slots slots({1}, Reuse::warmest_first);
  const Held old = take(slots);
  kept_when_released(slots, old, false);
  EXPECT(free_if_unheld(slots, 0));
  const Held current = take(slots);
  EXPECT(slots.finalize(0, old.wrap) == no_owner);
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.leased() == 1);
  EXPECT(slots.counters().leaked == 0);
  EXPECT(current.wrap != old.wrap);
}

TEST("a kept wrap that is finalized is not handed out again") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(kept_when_released(slots, held));
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(slots.finalize(0, held.wrap) == no_owner);
  EXPECT(take(slots).wrap != held.wrap);
}

TEST("escaped memory is in quarantine until its finalizer runs") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.escape(held.lease, held.wrap));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.quarantined() == 1);
  EXPECT(adds_up(slots));
  EXPECT(slots.finalize(0, held.wrap) == no_owner);
  EXPECT(free_if_unheld(slots, 0));
  EXPECT(slots.counters().leaked == 0);
  EXPECT(slots.counters().releases == 1);
}

TEST("a slot with an escaped wrap and a pin is pinned, then in quarantine, then free") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.pin(held.lease, PinnedBy::script));
  EXPECT(slots.escape(held.lease, held.wrap));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.pinned() == 1);
  EXPECT(slots.unpin(held.lease, PinnedBy::script));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.quarantined() == 1);
  slots.finalize(0, held.wrap);
  EXPECT(free_if_unheld(slots, 0));
}

TEST("one of two handles may escape; the slot waits for the other, then for the memory") {
  Slots slots({1}, Reuse::warmest_first);
  const Held first = take(slots);
  Held second{first.lease, no_wrap};
  EXPECT(slots.retain(first.lease, second.wrap));
  EXPECT(slots.escape(first.lease, first.wrap));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.leased() == 1);
  kept_when_released(slots, second);
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.quarantined() == 1);
  slots.finalize(0, first.wrap);
  EXPECT(free_if_unheld(slots, 0));
}

TEST("only a free slot becomes busy, and a busy one counts as free but is not leased") {
  Slots slots({2}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(!slots.make_busy(held.lease.slot));
  EXPECT(slots.make_busy(1));
  EXPECT(!slots.make_busy(1));
  EXPECT(slots.free() == 1);
  EXPECT(none_to_take(slots));
  slots.give_back(1, Shelf::cold);
  EXPECT(take(slots).lease.slot == 1);
}

TEST("a busy slot is held by nobody's own: whoever waits may get it in a moment") {
  const auto is_me = [](Owner owner) { return owner == me; };
  Slots slots({2}, Reuse::warmest_first);
  take(slots);
  EXPECT(!slots.may_come_back(is_me));
  EXPECT(slots.make_busy(1));
  EXPECT(slots.may_come_back(is_me));
  slots.give_back(1, Shelf::cold);
  EXPECT(!slots.may_come_back(is_me));
}

TEST("a slot given back cold is leased after the warm ones, and before untouched ones") {
  Slots slots({3}, Reuse::warmest_first);
  EXPECT(slots.make_busy(1));
  EXPECT(slots.make_busy(2));
  slots.give_back(1, Shelf::warm);
  slots.give_back(2, Shelf::cold);
  EXPECT(take(slots).lease.slot == 1);
  EXPECT(take(slots).lease.slot == 2);
  EXPECT(take(slots).lease.slot == 0);
}

TEST("an owner that dies gives back what it holds, and nobody else's, and that is no leak") {
  Slots slots({3}, Reuse::warmest_first);
  const Held mine = take(slots);
  const Held pinned = take(slots);
  EXPECT(slots.pin(pinned.lease, PinnedBy::script));
  kept_when_released(slots, pinned);
  EXPECT(!free_if_unheld(slots, pinned.lease.slot));
  const Held theirs = take(slots, other);
  for (std::uint32_t slot = 0; slot < 3; slot++) {
    const bool reachable = slots.abandon(slot, me);
    EXPECT(reachable == (slot != theirs.lease.slot));
    EXPECT(free_if_unheld(slots, slot) == (slot != theirs.lease.slot));
  }
  EXPECT(slots.free() == 2);
  EXPECT(slots.leased() == 1);
  EXPECT(slots.counters().leaked == 0);
  EXPECT(slots.finalize(0, mine.wrap) == no_owner);
}

TEST("what had escaped when its owner died stays in quarantine for ever") {
  Slots slots({1}, Reuse::warmest_first);
  const Held held = take(slots);
  EXPECT(slots.escape(held.lease, held.wrap));
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.orphan(0, held.wrap));
  EXPECT(slots.abandon(0, me));
  EXPECT(slots.finalize(0, held.wrap) == no_owner);
  EXPECT(!free_if_unheld(slots, 0));
  EXPECT(slots.quarantined() == 1);
}

TEST("a finalizer at its thread's end ends no handle and tells of memory that may live on") {
  Slots slots({2}, Reuse::warmest_first);
  const Held held = take(slots);
  const Held kept = take(slots);
  EXPECT(kept_when_released(slots, kept));
  EXPECT(free_if_unheld(slots, kept.lease.slot));
  EXPECT(slots.orphan(held.lease.slot, held.wrap));
  EXPECT(!free_if_unheld(slots, held.lease.slot));
  EXPECT(!slots.orphan(kept.lease.slot, kept.wrap));
  EXPECT(slots.leased() == 1);
  EXPECT(slots.counters().leaked == 0);
}

TEST("the peak is the most slots leased at once") {
  Slots slots({3}, Reuse::warmest_first);
  const Held a = take(slots);
  const Held b = take(slots);
  kept_when_released(slots, a);
  free_if_unheld(slots, a.lease.slot);
  kept_when_released(slots, b);
  free_if_unheld(slots, b.lease.slot);
  take(slots);
  EXPECT(slots.counters().leased_peak == 2);
  EXPECT(slots.counters().acquires == 3);
}
