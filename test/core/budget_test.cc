#include "budget.h"

#include <algorithm>

#include "harness.h"

using namespace pixelpool;

namespace {

bool any(std::uint32_t) {
  return true;
}

bool holds(const Budget& budget, std::uint32_t slot) {
  const auto& holders = budget.holders();
  return std::count(holders.begin(), holders.end(), slot) == 1;
}

}  // namespace

TEST("a budget charges what a tenant uses, and refuses what is above its limit") {
  Budget budget(100, 3);
  EXPECT(budget.charge(0, 60, 55));
  EXPECT(!budget.charge(1, 41, 41));
  EXPECT(budget.lack(1, 41) == 1);
  EXPECT(budget.charge(1, 40, 33));
  EXPECT(budget.held() == 100);
  EXPECT(budget.used() == 100);
  EXPECT(budget.asked() == 88);
  EXPECT(budget.peak() == 100);
}

TEST("a refused charge changes nothing") {
  Budget budget(100, 2);
  EXPECT(!budget.charge(0, 101, 101));
  EXPECT(budget.held() == 0);
  EXPECT(budget.used() == 0);
  EXPECT(budget.asked() == 0);
  EXPECT(budget.peak() == 0);
  EXPECT(budget.holders().empty());
}

TEST("what a tenancy leaves stays held, and serves the next one without a charge") {
  Budget budget(100, 2);
  EXPECT(budget.charge(0, 80, 80));
  budget.end_use(0);
  EXPECT(budget.held() == 80);
  EXPECT(budget.used() == 0);
  EXPECT(budget.idle(0) == 80);
  EXPECT(budget.lack(0, 80) == 0);
  EXPECT(budget.lack(1, 80) == 60);
  EXPECT(budget.charge(0, 30, 30));
  EXPECT(budget.held(0) == 80);
  EXPECT(budget.used(0) == 30);
  EXPECT(budget.idle(0) == 50);
}

TEST("a tenant who needs more than the slot holds is charged the rest only") {
  Budget budget(100, 2);
  EXPECT(budget.charge(0, 60, 60));
  budget.end_use(0);
  EXPECT(budget.charge(1, 30, 30));
  EXPECT(budget.lack(0, 70) == 0);
  EXPECT(budget.lack(0, 75) == 5);
  EXPECT(budget.charge(0, 70, 70));
  EXPECT(budget.held() == 100);
}

TEST("a slot is among those that hold memory as long as it does") {
  Budget budget(100, 3);
  EXPECT(budget.charge(0, 10, 10));
  EXPECT(budget.charge(1, 10, 10));
  EXPECT(budget.charge(2, 10, 10));
  for (const std::uint32_t slot : {0u, 1u, 2u}) {
    budget.end_use(slot);
    EXPECT(holds(budget, slot));
  }
  budget.shrink(0, 0);
  EXPECT(!holds(budget, 0));
  EXPECT(holds(budget, 2));
  budget.shrink(2, 5);
  EXPECT(holds(budget, 2));
  budget.shrink(2, 0);
  budget.shrink(1, 0);
  EXPECT(budget.holders().empty());
  EXPECT(budget.held() == 0);
  EXPECT(budget.charge(1, 10, 10));
  EXPECT(holds(budget, 1));
}

TEST("what has gone back counts again when it is charged again, up to the most there was") {
  Budget budget(1000, 1);
  EXPECT(budget.charge(0, 100, 100));
  budget.end_use(0);
  EXPECT(budget.regrown() == 0);
  budget.shrink(0, 40);
  EXPECT(budget.charge(0, 70, 70));
  EXPECT(budget.regrown() == 30);
  budget.end_use(0);
  EXPECT(budget.charge(0, 150, 150));
  EXPECT(budget.regrown() == 60);
}

TEST("the memory that has been idle for longest is found first, tails too") {
  Budget budget(1000, 4);
  for (const std::uint32_t slot : {0u, 1u, 2u}) EXPECT(budget.charge(slot, 100, 100));
  EXPECT(!budget.longest_idle(any).has_value());
  budget.end_use(1);
  budget.end_use(0);
  EXPECT(budget.longest_idle(any) == 1u);
  EXPECT(budget.charge(1, 50, 50));  // its tail has been idle since now
  EXPECT(budget.longest_idle(any) == 0u);
  EXPECT(budget.longest_idle([](std::uint32_t slot) { return slot != 0; }) == 1u);
  budget.shrink(1, 50);
  budget.shrink(0, 0);
  EXPECT(!budget.longest_idle(any).has_value());
}

TEST("memory that the system would not take is left alone until the next tenancy") {
  Budget budget(1000, 2);
  EXPECT(budget.charge(0, 100, 100));
  budget.end_use(0);
  budget.stick(0);
  EXPECT(!budget.longest_idle(any).has_value());
  EXPECT(budget.held() == 100);
  EXPECT(budget.charge(0, 10, 10));
  EXPECT(budget.longest_idle(any) == 0u);
}
