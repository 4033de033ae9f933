#pragma once

#include <cstdint>
#include <random>

#include "pictures.h"

// Numbers that are the same on every system for the same seed, unlike those of <random>'s
// distributions.
class Chance {
 public:
  Chance(std::uint64_t seed, std::uint64_t number) {
    std::seed_seq both{seed >> 32, seed & 0xffffffff, number >> 32, number & 0xffffffff};
    engine_.seed(both);
  }
  // From 0 to count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }
  int between(int first, int last) {
    return first + static_cast<int>(below(static_cast<std::size_t>(last - first + 1)));
  }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

// The picture with something wrong in it: bytes changed, its end cut off, bytes put in between, or
// a block of another picture over its own. Now and then nothing is.
Bytes mutated(Bytes picture, const Bytes& other, Chance& chance);
