#include "moves.h"

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr Time now{};
constexpr Time later = now + std::chrono::seconds(1);

}  // namespace

TEST("a move is taken once, by its key") {
  Moves moves;
  moves.add({"one", later}, {3, 7});
  EXPECT(!moves.take("two", now).has_value());
  const auto lease = moves.take("one", now);
  EXPECT(lease->slot == 3);
  EXPECT(lease->generation == 7);
  EXPECT(!moves.take("one", now).has_value());
}

TEST("a move that has run out is not taken, and found once") {
  Moves moves;
  moves.add({"one", later}, {3, 7});
  EXPECT(!moves.take_expired(now).has_value());
  EXPECT(!moves.take("one", later).has_value());
  EXPECT(moves.take_expired(later)->slot == 3);
  EXPECT(!moves.take_expired(later).has_value());
  EXPECT(moves.empty());
}

TEST("moves run out each at its own time, and the rest can still be taken") {
  Moves moves;
  moves.add({"one", later}, {1, 1});
  moves.add({"two", now}, {2, 1});
  moves.add({"three", later}, {3, 1});
  EXPECT(moves.take_expired(now)->slot == 2);
  EXPECT(!moves.take_expired(now).has_value());
  EXPECT(moves.take("three", now)->slot == 3);
  EXPECT(moves.take("one", now)->slot == 1);
  EXPECT(moves.empty());
}
