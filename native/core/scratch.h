#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace pixelpool {

// A directory whose disk slots may go to when memory is spent, and how many bytes there.
struct ScratchOptions {
  std::string directory;
  std::size_t limit;
};

// The books of what is in scratch: which slot has how much of which directory. Not thread-safe:
// Pool's mutex guards it.
//
// Invariant: of each directory, the sum over its slots is held, and never above the limit.
class Scratch {
 public:
  explicit Scratch(const std::vector<ScratchOptions>& directories);

  // Of a slot there: bytes of its file, and of those what its tenant may touch.
  struct Need {
    std::size_t file_bytes;
    std::size_t used_bytes;
  };
  // Takes that for a slot in the first directory that has it left, from `first` on.
  [[nodiscard]] std::optional<std::size_t> take(std::uint32_t slot, const Need& need,
                                                std::size_t first);
  // The tenancy is over: what it took is to be given back.
  void end_use(std::uint32_t slot) { taken_.at(slot).use = Use::over; }
  // True once after that: who is told so gives it back.
  [[nodiscard]] bool begin_return(std::uint32_t slot);
  // It could not be given back, and never will.
  void lose(std::uint32_t slot) { taken_.at(slot).use = Use::lost; }
  // Whether there is not as much anywhere now, and may be in a moment.
  [[nodiscard]] bool is_short(const Need& need) const;
  void give_back(std::uint32_t slot);

  [[nodiscard]] bool has(std::uint32_t slot) const {
    return !taken_.empty() && taken_.count(slot) > 0;  // asked of each lease, and rarely so
  }
  [[nodiscard]] std::size_t used_bytes(std::uint32_t slot) const {
    return taken_.at(slot).need.used_bytes;
  }
  [[nodiscard]] std::vector<std::uint32_t> slots() const;

  [[nodiscard]] const std::string& directory(std::size_t index) const {
    return directories_[index].options.directory;
  }
  [[nodiscard]] bool empty() const { return directories_.empty(); }
  [[nodiscard]] std::size_t held() const { return held_; }
  [[nodiscard]] std::size_t peak() const { return peak_; }
  [[nodiscard]] std::uint32_t slot_count() const {
    return static_cast<std::uint32_t>(taken_.size());
  }

 private:
  struct Directory {
    ScratchOptions options;
    std::size_t held = 0;
  };
  enum class Use { tenancy, over, returning, lost };
  struct Taken {
    std::size_t directory;
    Need need;
    Use use = Use::tenancy;
  };

  std::vector<Directory> directories_;
  std::unordered_map<std::uint32_t, Taken> taken_;  // by slot
  std::size_t held_ = 0;
  std::size_t peak_ = 0;
};

}  // namespace pixelpool
