#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace pixelpool {

// How much memory the slots of a pool may hold, and do. Of each slot:
//
//   |<-- used: what its tenant may touch -->|<-- idle: what an earlier one left -->|
//   |<-------------------------------- held ------------------------------------->|
//
// Not thread-safe: Pool's mutex guards it.
//
// Invariant: used <= held of each slot; held() is the sum over all slots, and never above limit().
class Budget {
 public:
  Budget(std::size_t limit, std::uint32_t slot_count) : limit_(limit), accounts_(slot_count) {}

  // A tenant uses so many bytes of the slot, and asked for as many. False, and all as before, where
  // the limit forbids.
  [[nodiscard]] bool charge(std::uint32_t slot, std::size_t bytes, std::size_t asked);
  // How many bytes of other slots must go before that is so.
  [[nodiscard]] std::size_t lack(std::uint32_t slot, std::size_t bytes) const;
  // The tenancy is over.
  void end_use(std::uint32_t slot);
  // What the slot held beyond so many bytes has gone back to the system.
  void shrink(std::uint32_t slot, std::size_t to);
  // The system would not take it: nobody is to try that again before the slot's next tenancy.
  void stick(std::uint32_t slot) { accounts_[slot].stuck = true; }

  // Of those with idle memory that may be taken, the slot where it has been so for longest.
  using Filter = std::function<bool(std::uint32_t)>;
  [[nodiscard]] std::optional<std::uint32_t> longest_idle(const Filter& may_be_taken) const;

  [[nodiscard]] std::size_t held(std::uint32_t slot) const { return accounts_[slot].held; }
  [[nodiscard]] std::size_t used(std::uint32_t slot) const { return accounts_[slot].used; }
  [[nodiscard]] std::size_t idle(std::uint32_t slot) const {
    return accounts_[slot].held - accounts_[slot].used;
  }
  // The slots that hold any memory, in no order.
  [[nodiscard]] const std::vector<std::uint32_t>& holders() const { return holders_; }

  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] std::size_t used() const { return used_; }
  // What tenants asked for: the rest of used() is what whole pages round up.
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t peak() const { return peak_; }
  [[nodiscard]] std::size_t limit() const { return limit_; }
  // Bytes charged again after they had gone back: what giving back has cost.
  [[nodiscard]] std::uint64_t regrown() const { return regrown_; }

 private:
  struct Account {
    std::size_t held = 0;
    std::size_t used = 0;
    std::size_t asked = 0;
    std::size_t most = 0;          // that it ever held
    std::uint64_t idle_since = 0;  // ticks
    std::size_t holder = 0;        // its place in holders_
    bool stuck = false;
  };
  void add_holder(std::uint32_t slot);
  void remove_holder(std::uint32_t slot);

  const std::size_t limit_;
  std::size_t held_ = 0;
  std::size_t used_ = 0;
  std::size_t asked_ = 0;
  std::size_t peak_ = 0;
  std::uint64_t regrown_ = 0;
  std::uint64_t ticks_ = 0;  // goes on with each charge and each end of use
  std::vector<Account> accounts_;
  std::vector<std::uint32_t> holders_;
};

}  // namespace pixelpool
