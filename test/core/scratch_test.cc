#include "scratch.h"

#include <algorithm>

#include "harness.h"

using namespace pixelpool;

TEST("directories are used in their order, each up to its limit") {
  Scratch scratch({{"first", 100}, {"second", 50}});
  EXPECT(scratch.take(7, {60, 50}, 0) == std::size_t{0});
  EXPECT(scratch.take(8, {50, 50}, 0) == std::size_t{1});
  EXPECT(!scratch.take(9, {50, 50}, 0).has_value());
  EXPECT(scratch.take(9, {40, 40}, 0) == std::size_t{0});
  EXPECT(scratch.held() == 150);
  EXPECT(scratch.peak() == 150);
  EXPECT(scratch.slot_count() == 3);
  EXPECT(scratch.directory(1) == "second");
}

TEST("a directory that turned out full is passed over") {
  Scratch scratch({{"first", 100}, {"second", 100}});
  EXPECT(scratch.take(0, {10, 10}, 0) == std::size_t{0});
  scratch.give_back(0);
  EXPECT(scratch.take(0, {10, 10}, 1) == std::size_t{1});
  EXPECT(!scratch.take(1, {10, 10}, 2).has_value());
}

TEST("what a slot took is taken until it is given back, its tenancy's end does not do") {
  Scratch scratch({{"only", 100}});
  EXPECT(scratch.take(3, {100, 80}, 0).has_value());
  EXPECT(scratch.has(3));
  EXPECT(!scratch.begin_return(3));
  EXPECT(scratch.used_bytes(3) == 80);
  scratch.end_use(3);
  EXPECT(scratch.begin_return(3));
  EXPECT(!scratch.begin_return(3));
  EXPECT(!scratch.take(4, {1, 1}, 0).has_value());
  scratch.give_back(3);
  EXPECT(!scratch.has(3));
  EXPECT(!scratch.begin_return(3));
  EXPECT(scratch.held() == 0);
  EXPECT(scratch.peak() == 100);
  EXPECT(scratch.take(4, {100, 100}, 0).has_value());
}

TEST("space is short while it is not there yet, and will be in a moment") {
  Scratch scratch({{"only", 100}});
  EXPECT(!scratch.is_short({200, 200}));
  EXPECT(scratch.take(0, {60, 60}, 0).has_value());
  EXPECT(!scratch.is_short({40, 40}));
  EXPECT(!scratch.is_short({50, 50}));  // its tenancy goes on
  scratch.end_use(0);
  EXPECT(!scratch.is_short({40, 40}));
  EXPECT(scratch.is_short({50, 50}));
  EXPECT(scratch.begin_return(0));
  EXPECT(scratch.is_short({50, 50}));
  scratch.lose(0);
  EXPECT(!scratch.is_short({50, 50}));
}

TEST("the slots in scratch are known") {
  Scratch scratch({{"only", 100}});
  EXPECT(scratch.slots().empty());
  EXPECT(scratch.take(5, {1, 1}, 0).has_value());
  EXPECT(scratch.take(2, {1, 1}, 0).has_value());
  auto slots = scratch.slots();
  std::sort(slots.begin(), slots.end());
  EXPECT((slots == std::vector<std::uint32_t>{2, 5}));
}

TEST("without a directory there is no scratch") {
  Scratch scratch({});
  EXPECT(scratch.empty());
  EXPECT(!scratch.take(0, {1, 1}, 0).has_value());
}
