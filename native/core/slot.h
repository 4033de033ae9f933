#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pixelpool {

// Names one wrap: one external ArrayBuffer made over a slot. Never reused within a pool.
using Wrap = std::uint64_t;
inline constexpr Wrap no_wrap = 0;

// Names who acquires: one thread's view of the pool. Never reused within a pool.
using Owner = std::uint32_t;
inline constexpr Owner no_owner = 0;

// Who keeps a slot from being leased to anybody else. A script's pin ends with its owner; a job of
// native code ends its pin by itself, whoever has died meanwhile.
enum class PinnedBy { script, job };

// Who holds one slot in its present tenancy: one owner's handles (each known by its wrap), pins,
// and wraps whose memory escaped; or nobody, while it moves from one owner to another. Beside that,
// the wraps that owners keep for their next tenancy hold nothing.
class Slot {
 public:
  std::uint64_t generation = 0;

  // Leases it to an owner, or retains it: the wrap is one that the owner kept, or `fresh`.
  Wrap lease(Owner owner, Wrap fresh);
  void retain(Wrap wrap) { handles_.push_back(wrap); }

  // The same for all that end something: false when there is no such thing.
  bool release(Wrap wrap);  // a handle
  bool escape(Wrap wrap);   // a handle whose memory somebody may still reach
  bool forget(Wrap wrap);   // an escaped wrap that nobody can reach any more
  bool unkeep(Wrap wrap);   // a kept one, likewise
  void pin(PinnedBy by) { pins(by)++; }
  bool unpin(PinnedBy by);

  // The owner may use the wrap of its last handle again.
  void keep(Wrap wrap) { kept_.push_back({owner_, wrap}); }

  // Of the only handle, when nothing else holds the slot.
  [[nodiscard]] bool may_move(Wrap wrap) const;
  bool begin_move(Wrap wrap);
  void end_move() { moving_ = false; }

  // The owner died: its handles and pins end, what has escaped stays so for ever, since its
  // finalizer proves nothing any more. Answers how many handles there were.
  std::size_t abandon();
  void drop_kept(Owner owner) { take_kept(owner); }

  [[nodiscard]] Owner owner() const { return owner_; }
  [[nodiscard]] bool has_handle() const { return !handles_.empty(); }
  [[nodiscard]] bool has_handle(Wrap wrap) const;
  [[nodiscard]] bool is_pinned() const { return pin_counts_[0] + pin_counts_[1] > 0; }
  [[nodiscard]] bool is_escaped() const { return !escaped_.empty(); }
  [[nodiscard]] bool is_escaped(Wrap wrap) const;
  [[nodiscard]] bool is_moving() const { return moving_; }
  // False when all that holds it are wraps of an owner that died.
  [[nodiscard]] bool may_come_back() const;

 private:
  struct Kept {
    Owner owner;
    Wrap wrap;
  };

  std::uint32_t& pins(PinnedBy by) { return pin_counts_[static_cast<std::size_t>(by)]; }
  Wrap take_kept(Owner owner);

  Owner owner_ = no_owner;
  bool moving_ = false;
  std::array<std::uint32_t, 2> pin_counts_{};
  std::vector<Wrap> handles_;
  std::vector<Wrap> escaped_;
  std::vector<Kept> kept_;
};

}  // namespace pixelpool
