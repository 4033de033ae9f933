#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "budget.h"
#include "contents.h"
#include "demands.h"
#include "idle.h"
#include "line.h"
#include "members.h"
#include "moves.h"
#include "scratch.h"
#include "slots.h"
#include "status.h"

namespace pixelpool {

struct PoolOptions {
  std::vector<ClassOptions> classes;
  std::size_t budget = SIZE_MAX;        // bytes that all slots together may hold
  std::vector<ScratchOptions> scratch;  // where slots go beyond that
  std::optional<IdleOptions> idle;
  ContentsOptions contents;
  bool clear_on_release;  // what contents.clear does at an acquire is done before, if there is time
  Reuse reuse;
  bool views_stay;  // views outlive their tenancy: nobody revokes them
  bool log_leaks;   // for take_leaked()
};

struct PoolStats {
  std::uint32_t slots, free, leased, pinned, quarantined, waiting;
  std::size_t reserved_bytes, resident_bytes;
  std::size_t held_bytes, held_peak_bytes, used_bytes, asked_bytes, budget_bytes;
  std::uint32_t scratch_slots;
  std::size_t scratch_bytes, scratch_peak_bytes;
  std::uint64_t trimmed_bytes, regrown_bytes;
  std::chrono::nanoseconds trimming;  // spent in it
  Counters counters;
};

// A slot that was leased for one who waited. It is his from here on, also before he knows.
struct Grant {
  Ticket ticket = 0;
  Owner owner = no_owner;
  Lease lease{};
  Wrap wrap = no_wrap;
  bool kept = false;
  std::size_t used_bytes = 0;  // what its tenant may touch
};

// Slabs, the state of their slots, what these hold, those who wait for one, and one mutex.
//
// Pool: open --the last member closes or leaves--> closed: no more acquires; what is leased stays
// valid, and every slot's memory goes back to the system as it becomes free. The mapping goes with
// the last shared_ptr: the pool's users, every wrap and every running job hold one.
//
// Thread-safe: every method takes mutex_. Memory is filled and given back with the mutex open and
// the slot busy, so that no system call is made under it; and so are members told.
class Pool : public std::enable_shared_from_this<Pool> {
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
  // An acquire waits for a slot that another thread will have freed in a moment, and for memory to
  // go back to the system.
  [[nodiscard]] Status acquire(Owner owner, const Demand& demand, Grant& grant);
  // For an acquire that found no slot, and none that came back by expire() either.
  void count_exhausted(const Demand& demand);
  [[nodiscard]] Status retain(const Lease& lease, Wrap& wrap);
  [[nodiscard]] Status release(const Lease& lease, Wrap wrap, bool offered, bool& kept);
  [[nodiscard]] Status escape(const Lease& lease, Wrap wrap);
  [[nodiscard]] Status pin(const Lease& lease);
  [[nodiscard]] Status unpin(const Lease& lease);
  [[nodiscard]] Status begin_job(const Lease& lease);
  // True when the slot came back.
  bool end_job(const Lease& lease);

  // --- the line

  [[nodiscard]] Status wait(Owner owner, const Demand& demand, Ticket& ticket);
  // Gives up the place, or the grant that nobody took: the next one in line gets the slot.
  void stop_waiting(Ticket ticket);
  // Stale when there is none for this owner. Where there is no memory for it, the grant is taken
  // all the same, and has ended.
  [[nodiscard]] Status take_grant(Owner owner, Grant& grant);
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
  [[nodiscard]] Status adopt(Owner owner, const Key& key, Time now, Grant& grant);
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
  // The same for slots that were not needed lately, see Idle.
  std::size_t trim_idle(Time now);
  [[nodiscard]] PoolStats stats() const;
  // What was asked of each class, and of all together at once at most.
  [[nodiscard]] Demands demands() const;
  // For whoever holds the slot: how much of it he may touch, and whether that is on a disk.
  [[nodiscard]] std::size_t tenant_bytes(std::uint32_t slot) const;
  [[nodiscard]] bool is_in_scratch(std::uint32_t slot) const;
  // Where there was no space, when acquire() last said so.
  [[nodiscard]] std::string full_scratch() const;

  [[nodiscard]] std::byte* start(std::uint32_t slot) const { return contents_.slabs().start(slot); }
  [[nodiscard]] const std::vector<ClassOptions>& classes() const { return classes_; }
  [[nodiscard]] std::size_t slot_bytes(std::uint32_t slot) const {
    return contents_.slabs().slot_bytes(slot);
  }
  [[nodiscard]] bool views_stay() const { return views_stay_; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  struct Leak {
    Owner owner;
    Wrap wrap;
  };

  Pool(const PoolOptions& options, Slabs slabs);
  [[nodiscard]] std::size_t held_bytes(const Demand& demand) const {
    return contents_.slabs().held_bytes(demand.size_class, demand.bytes);
  }
  // Somebody is not served now, besides those who wait.
  void refuse(const Demand& demand) {
    const SizeClass of = demand.size_class;
    demands_.refuse(of, demand.bytes,
                    {line_.held_bytes() + held_bytes(demand), line_.length(of) + 1});
  }
  bool settle(Lock& lock, std::uint32_t slot);
  void finish(Lock& lock, std::uint32_t slot);
  // How far to go for a lease: no further than what is there; have the system take and give memory;
  // also wait for slots that are busy, which the cleaner's thread must not, where they wait for it.
  enum class Effort { none, system, full };
  void serve(Lock& lock, Effort effort = Effort::none);
  void serve_later(Lock& lock);
  void clean_later(Lock& lock, std::uint32_t slot);
  void clean(std::uint32_t slot);
  std::uint32_t find_slot(Lock& lock, Effort effort, SizeClass& of);
  Status lease(Lock& lock, const Demand& demand, Effort effort, Grant& grant);
  Status back_by_file(Lock& lock, std::uint32_t slot, const Scratch::Need& need);
  void give_back(std::uint32_t slot, bool empty);
  bool reclaim(Lock& lock, std::uint32_t slot, std::size_t bytes);
  [[nodiscard]] std::size_t used_bytes(std::uint32_t slot) const;
  [[nodiscard]] bool has_larger_class(SizeClass of) const;
  std::optional<std::size_t> shrink(Lock& lock, std::uint32_t slot, std::size_t to);
  [[nodiscard]] bool is_shrinking(std::uint32_t slot) const;
  void withdraw(Lock& lock, Owner owner);
  void take_back(Lock& lock, const std::function<bool(const Grant&)>& matches);
  void take_back(Lock& lock, const Grant& grant);
  bool end_moves(Lock& lock, Time now);
  void end_if_all_closed(Lock& lock);
  std::vector<Wrap> take_leaked_of(Owner owner);
  std::size_t trim_all(Lock& lock);
  std::size_t trim(Lock& lock, std::uint32_t slot);

  const std::vector<ClassOptions> classes_;
  const bool views_stay_;
  const bool log_leaks_;
  const bool clear_on_release_;
  Contents contents_;

  mutable std::mutex mutex_;  // guards everything below
  Slots slots_;
  Budget budget_;
  Scratch scratch_;
  std::string full_scratch_;
  Demands demands_;
  std::optional<Idle> idle_;
  std::vector<std::uint32_t> shrinking_;   // slots whose memory is on its way back
  std::vector<std::uint32_t> unfinished_;  // of those, the ones whose tenancy ended meanwhile
  std::condition_variable changed_;        // a shrinking or a busy slot less
  bool serving_later_ = false;
  Line line_;
  std::vector<Grant> grants_;  // that nobody has taken yet
  std::uint64_t served_ = 0;   // grants there were
  Moves moves_;
  Members members_;
  std::vector<Leak> leaked_;
  std::uint64_t trimmed_bytes_ = 0;
  std::chrono::nanoseconds trimming_{0};
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace pixelpool
