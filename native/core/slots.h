#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "shelves.h"
#include "slot.h"

namespace pixelpool {

// One tenancy of one slot. The generation is how often the slot has changed hands, so a lease that
// has ended is recognised for ever. Never above 2^53: JavaScript holds it as a number.
struct Lease {
  std::uint32_t slot;
  std::uint64_t generation;
};

struct Counters {
  std::uint64_t acquires = 0;   // handles given out: by acquire() and by retain()
  std::uint64_t releases = 0;   // handles given back
  std::uint64_t leaked = 0;     // handles whose memory nobody could reach any more
  std::uint64_t exhausted = 0;  // acquires that found no free slot, or a line
  std::uint32_t leased_peak = 0;
};

// The life of every slot of one pool. It touches no pixel and takes no lock: Pool does both.
//
//   free --acquire--> leased --the last handle ends--> ended --give_back--> free
//                        |--but a pin holds it---> pinned ------^
//                        '--its memory escaped--> quarantined --^
//   free --make_busy--> busy --give_back--> free
//                            --retire--> retired
//
// A handle is one PixelBuffer, known by its wrap. A slot is held while it has a handle, then while
// it has a pin, then while a wrap of it has escaped; end_if_unheld() is the one gate out.
//
// Invariant: free + leased + pinned + quarantined == slots, where free includes busy: a free slot
// whose memory is being cleared or given back, which cannot be acquired meanwhile.
class Slots {
 public:
  // Slots are numbered through all size classes, each with so many.
  Slots(const std::vector<std::uint32_t>& class_counts, Reuse reuse);

  // --- a tenancy. Methods that take a lease answer false when that lease has ended.

  // Leases a slot that is free, or that the caller made busy, with one handle. Its wrap is the one
  // that the owner kept for this slot, or a new one: `kept` says which.
  void lease(Owner owner, std::uint32_t slot, Lease& lease, Wrap& wrap, bool& kept);
  // Adds a handle with a new wrap.
  [[nodiscard]] bool retain(const Lease& lease, Wrap& wrap);
  void count_exhausted() { counters_.exhausted++; }
  // Ends the handle with this wrap. Its owner keeps the wrap for the next tenancy if it offers to
  // and this was the last handle: `kept` says so.
  [[nodiscard]] bool release(const Lease& lease, Wrap wrap, bool offered, bool& kept);
  // Ends the handle with this wrap, whose memory somebody may still reach.
  [[nodiscard]] bool escape(const Lease& lease, Wrap wrap);
  [[nodiscard]] bool pin(const Lease& lease, PinnedBy by);
  [[nodiscard]] bool unpin(const Lease& lease, PinnedBy by);

  // --- a lease on its way from one owner to another: it belongs to nobody, and has no handle

  // Whether the wrap is of the only handle, and nothing else holds the slot.
  [[nodiscard]] bool may_move(const Lease& lease, Wrap wrap);
  // Ends the only handle of a slot that nothing else holds. Its owner may keep the wrap, as with
  // release(). False when anything else holds it.
  [[nodiscard]] bool begin_move(const Lease& lease, Wrap wrap, bool offered, bool& kept);
  // The lease is the owner's from here on, with one handle, as after acquire().
  [[nodiscard]] bool adopt(const Lease& lease, Owner owner, Wrap& wrap, bool& kept);
  // Nobody came for it.
  void end_move(const Lease& lease);

  // --- what is learned about a wrap

  // Nobody can reach this wrap's memory any more. When that ended a handle, it was a leak: the
  // answer is whose.
  Owner finalize(std::uint32_t slot, Wrap wrap);
  // The wrap's thread ends, which proves nothing of its memory. True when somebody may reach it.
  bool orphan(std::uint32_t slot, Wrap wrap);

  // --- the end of a tenancy

  // True when nothing holds the slot any more: the lease is over, the slot is busy until
  // give_back().
  [[nodiscard]] bool end_if_unheld(std::uint32_t slot);
  // True when the slot was free: it is busy until it is given back, put back or retired.
  [[nodiscard]] bool make_busy(std::uint32_t slot);
  void give_back(std::uint32_t slot, Shelf shelf);
  // To the shelf where it was, to be leased last.
  void put_back(std::uint32_t slot);
  // It will never be leased again. It counts as quarantined.
  void retire(std::uint32_t slot);

  [[nodiscard]] SizeClass class_of(std::uint32_t slot) const { return slots_[slot].size_class; }
  [[nodiscard]] bool is_busy(std::uint32_t slot) const { return slots_[slot].state == State::busy; }
  [[nodiscard]] bool is_dirty(std::uint32_t slot) const {
    return slots_[slot].state == State::free && slots_[slot].shelf == Shelf::dirty;
  }
  [[nodiscard]] bool is_any_busy(SizeClass of) const { return busy_counts_[of] > 0; }
  [[nodiscard]] Shelves& shelves() { return shelves_; }
  [[nodiscard]] const Shelves& shelves() const { return shelves_; }

  // --- the death of an owner

  // Ends every handle and pin of the owner in this slot. What has escaped stays so for ever: its
  // finalizer proves nothing any more. True when somebody may still reach the memory.
  bool abandon(std::uint32_t slot, Owner owner);

  // The owner will not come back for the wraps that it keeps.
  void drop_kept(Owner owner);
  [[nodiscard]] bool is_held_by(Owner owner) const;
  // Whether any slot may come back by something else than a handle of those who are near.
  [[nodiscard]] bool may_come_back(const std::function<bool(Owner)>& is_near) const;

  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(slots_.size()); }
  [[nodiscard]] std::uint32_t free() const { return in(State::free) + in(State::busy); }
  [[nodiscard]] std::uint32_t leased() const { return in(State::leased); }
  [[nodiscard]] std::uint32_t pinned() const { return in(State::pinned); }
  [[nodiscard]] std::uint32_t quarantined() const {
    return in(State::quarantined) + in(State::retired);
  }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  enum class State : std::uint8_t { free, busy, leased, pinned, quarantined, retired };
  static constexpr std::size_t state_count = 6;

  struct Entry {
    Slot slot;
    SizeClass size_class = 0;
    State state = State::free;
    Shelf shelf = Shelf::cold;  // where it is while free, and was when busy
  };

  Slot* find(const Lease& lease);
  Wrap add_handle(Slot& slot, Owner owner, bool& kept);
  void become(Entry& entry, State state);
  [[nodiscard]] static bool is_unleased(const Entry& entry) {
    return entry.state == State::free || entry.state == State::busy ||
           entry.state == State::retired;
  }
  [[nodiscard]] std::uint32_t in(State state) const {
    return state_counts_[static_cast<std::size_t>(state)];
  }

  std::vector<Entry> slots_;
  Shelves shelves_;                         // with every slot in State::free once
  std::vector<std::uint32_t> busy_counts_;  // by class
  std::array<std::uint32_t, state_count> state_counts_{};
  Wrap last_wrap_ = no_wrap;
  Counters counters_;
};

}  // namespace pixelpool
