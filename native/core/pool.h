#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "slab.h"
#include "slots.h"
#include "status.h"

namespace pixelpool {

struct PoolOptions {
  std::size_t slot_bytes;
  std::uint32_t slot_count;
  bool huge_pages;
  bool clear_on_acquire;                        // a leased slot reads as zero
  std::optional<std::uint8_t> fill_on_release;  // what an ended tenancy leaves behind
  Reuse reuse;
  bool views_stay;  // views outlive their tenancy: nobody revokes them
  bool log_leaks;   // for take_leaked()
};

struct PoolStats {
  std::uint32_t slots, free, leased, pinned, quarantined;
  std::size_t slot_bytes, reserved_bytes, resident_bytes;
  std::uint64_t trimmed_bytes;
  Counters counters;
};

// A slab, the state of its slots, and one mutex.
//
// Pool: open --close--> closed: no more acquires; what is leased stays valid, and every slot's
// memory goes back to the system as it becomes free. The mapping goes with the last shared_ptr:
// the pool's users, every wrap and every running job hold one.
//
// Thread-safe: every method takes mutex_. Memory is filled and given back with the mutex open and
// the slot busy, so that no system call is made under it.
class Pool {
 public:
  [[nodiscard]] static Status create(const PoolOptions& options, std::shared_ptr<Pool>& pool);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // One thread's membership, from join() to leave().
  [[nodiscard]] Owner join();
  // Takes back all that the owner holds. Where it held any, or ever did if views stay, the mapping
  // stays for ever: a transferred ArrayBuffer may still reach it from another thread. To be called
  // when the thread's native work is done.
  void leave(Owner owner);

  // See Slots for what each does. A method that ends a handle or a pin frees the slot when nothing
  // holds it any more.
  [[nodiscard]] Status acquire(Owner owner, Lease& lease, Wrap& wrap, bool& kept);
  [[nodiscard]] Status retain(const Lease& lease, Wrap& wrap);
  [[nodiscard]] Status release(const Lease& lease, Wrap wrap, bool offered, bool& kept);
  [[nodiscard]] Status escape(const Lease& lease, Wrap wrap);
  [[nodiscard]] Status pin(const Lease& lease);
  [[nodiscard]] Status unpin(const Lease& lease);
  [[nodiscard]] Status begin_job(const Lease& lease);
  // True when the slot came back.
  bool end_job(const Lease& lease);

  // Called by a wrap's finalizer, on any thread. True when a slot came back or a leak is to be
  // told.
  [[nodiscard]] bool finalize(std::uint32_t slot, Wrap wrap);
  // The same, because the wrap's thread ends: its memory may live on in another one. The slot is
  // left to leave(), and the mapping stays for ever.
  void orphan(std::uint32_t slot, Wrap wrap);
  // The wraps leaked since the last call; empty unless log_leaks.
  [[nodiscard]] std::vector<Wrap> take_leaked();

  // Gives the memory of every free slot back to the system; answers how many bytes that were.
  std::size_t trim();
  void close();
  [[nodiscard]] PoolStats stats() const;

  [[nodiscard]] std::byte* start(std::uint32_t slot) const { return slab_.start(slot); }
  [[nodiscard]] std::size_t slot_bytes() const { return slab_.slot_bytes(); }

 private:
  Pool(const PoolOptions& options, Slab slab);
  bool settle(std::unique_lock<std::mutex>& lock, std::uint32_t slot);
  void clear(std::uint32_t slot);
  std::size_t trim(std::uint32_t slot);
  void discard(std::uint32_t slot);

  const bool clear_on_acquire_;
  const std::optional<std::uint8_t> fill_on_release_;
  const bool views_stay_;
  const bool log_leaks_;
  Slab slab_;  // its arithmetic never changes; a slot's memory belongs to who holds the slot
  std::vector<std::uint8_t>
      zero_;  // by slot: 1 when it reads as zero; belongs to who holds the slot

  mutable std::mutex mutex_;  // guards everything below
  Slots slots_;
  std::vector<Wrap> leaked_;
  std::uint64_t trimmed_bytes_ = 0;
  Owner last_owner_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace pixelpool
