#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "contents.h"
#include "line.h"
#include "members.h"
#include "moves.h"
#include "slots.h"
#include "status.h"

namespace pixelpool {

struct PoolOptions {
  std::size_t slot_bytes;
  std::uint32_t slot_count;
  bool huge_pages;
  ContentsOptions contents;
  Reuse reuse;
  bool views_stay;  // views outlive their tenancy: nobody revokes them
  bool log_leaks;   // for take_leaked()
};

struct PoolStats {
  std::uint32_t slots, free, leased, pinned, quarantined, waiting;
  std::size_t slot_bytes, reserved_bytes, resident_bytes;
  std::uint64_t trimmed_bytes;
  Counters counters;
};

// A slot that was leased for one who waited. It is his from here on, also before he knows.
struct Grant {
  Ticket ticket;
  Owner owner;
  Lease lease;
  Wrap wrap;
  bool kept;
};

// A slab, the state of its slots, those who wait for one, and one mutex.
//
// Pool: open --the last member closes or leaves--> closed: no more acquires; what is leased stays
// valid, and every slot's memory goes back to the system as it becomes free. The mapping goes with
// the last shared_ptr: the pool's users, every wrap and every running job hold one.
//
// Thread-safe: every method takes mutex_. Memory is filled and given back with the mutex open and
// the slot busy, so that no system call is made under it; and so are members told.
class Pool {
 public:
  [[nodiscard]] static Status create(const PoolOptions& options, std::shared_ptr<Pool>& pool);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // One membership of a thread, whose home that is, from join() to leave(). It is told of grants on
  // any thread. Refused when the pool is closed.
  [[nodiscard]] Status join(Home home, std::function<void()> tell, Owner& owner);
  // No more acquires and waits of this member; what it holds stays its own.
  void close(Owner owner);
  // The same, for an owner of whom only finalizers and jobs may be heard again: he leaves as soon
  // as he holds nothing.
  void part(Owner owner);
  [[nodiscard]] bool has_member(Owner owner) const;
  // Takes back all that the owner holds, but for what it moves. Where it held any, or ever did if
  // views stay, the mapping stays for ever: a transferred ArrayBuffer may still reach it from
  // another thread. What the thread's native jobs still hold comes back at their end.
  void leave(Owner owner);

  // See Slots for what each does. A method that ends a handle or a pin frees the slot when nothing
  // holds it any more, and the oldest who waits gets it. Nobody overtakes the line.
  [[nodiscard]] Status acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept);
  // For an acquire that found no slot, and none that came back by expire() either.
  void count_exhausted();
  [[nodiscard]] Status retain(const Lease& lease, Wrap& wrap);
  [[nodiscard]] Status release(const Lease& lease, Wrap wrap, bool offered, bool& kept);
  [[nodiscard]] Status escape(const Lease& lease, Wrap wrap);
  [[nodiscard]] Status pin(const Lease& lease);
  [[nodiscard]] Status unpin(const Lease& lease);
  [[nodiscard]] Status begin_job(const Lease& lease);
  // True when the slot came back.
  bool end_job(const Lease& lease);

  // --- the line

  [[nodiscard]] Status wait(Owner owner, Ticket& ticket);
  // Gives up the place, or the grant that nobody took: the next one in line gets the slot.
  void stop_waiting(Ticket ticket);
  // False when there is none for this owner.
  [[nodiscard]] bool take_grant(Owner owner, Grant& grant);
  // Of a member who waits, each second. Unless somebody was served since his last search, all other
  // members are told, who may have forgotten something.
  enum class Hope { served, held, none };
  [[nodiscard]] Hope search(Owner owner);
  // Whether this one was told because somebody searches; once.
  [[nodiscard]] bool take_asked(Owner owner);

  // --- moves, see Moves

  // Held when the slot has other handles, pins or escaped memory. Only its owner's thread can make
  // it so: an owner that is told ok may move it.
  [[nodiscard]] Status may_move(const Lease& lease, Wrap wrap);
  // Where the pool has closed meanwhile, nobody will come for it: the slot comes back.
  [[nodiscard]] Status move(const Lease& lease, Wrap wrap, bool offered, const Move& move,
                            bool& kept);
  [[nodiscard]] Status adopt(Owner owner, const Key& key, Time now, Lease& lease, Wrap& wrap,
                             bool& kept);
  // Takes back what nobody came for in time. True when there was any.
  bool expire(Time now);

  // --- what is learned about wraps

  // Called by a wrap's finalizer, on any thread. True when a slot came back or a leak is to be
  // told.
  [[nodiscard]] bool finalize(std::uint32_t slot, Wrap wrap);
  // The same, because the wrap's thread ends: its memory may live on in another one. The slot is
  // left to leave(), and the mapping stays for ever.
  void orphan(std::uint32_t slot, Wrap wrap);
  // The owner's wraps leaked since the last call; empty unless log_leaks.
  [[nodiscard]] std::vector<Wrap> take_leaked(Owner owner);

  // Gives the memory of every free slot back to the system; answers how many bytes that were.
  std::size_t trim();
  [[nodiscard]] PoolStats stats() const;

  [[nodiscard]] std::byte* start(std::uint32_t slot) const { return contents_.slab().start(slot); }
  [[nodiscard]] std::uint32_t slot_count() const { return slots_.count(); }
  [[nodiscard]] std::size_t slot_bytes() const { return contents_.slab().slot_bytes(); }
  [[nodiscard]] bool views_stay() const { return views_stay_; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Leak {
    Owner owner;
    Wrap wrap;
  };

  Pool(const PoolOptions& options, Slab slab);
  bool settle(Lock& lock, std::uint32_t slot);
  void serve(Lock& lock);
  void withdraw(Lock& lock, Owner owner);
  void take_back(Lock& lock, const std::function<bool(const Grant&)>& matches);
  bool end_moves(Lock& lock, Time now);
  void end_if_all_closed(Lock& lock);
  std::vector<Wrap> take_leaked_of(Owner owner);
  std::size_t trim_all(Lock& lock);
  std::size_t trim(Lock& lock, std::uint32_t slot);

  const bool views_stay_;
  const bool log_leaks_;
  Contents contents_;

  mutable std::mutex mutex_;  // guards everything below
  Slots slots_;
  Line line_;
  std::vector<Grant> grants_;  // that nobody has taken yet
  std::uint64_t served_ = 0;   // grants there were
  Moves moves_;
  Members members_;
  std::vector<Leak> leaked_;
  std::uint64_t trimmed_bytes_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace pixelpool
