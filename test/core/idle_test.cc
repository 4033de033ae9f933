#include "idle.h"

#include "harness.h"

using namespace pixelpool;
using std::chrono::milliseconds;

namespace {

constexpr SizeClass only = 0;

// Looks one after the other, each when it is time.
class Looks {
 public:
  explicit Looks(std::uint32_t keep) : idle_({milliseconds(400), keep}, 1) {}

  std::uint32_t next(std::uint32_t least) {
    now_ += milliseconds(100);
    EXPECT(idle_.begin_look(now_));
    return idle_.surplus(only, least);
  }

 private:
  Idle idle_;
  Time now_{};
};

}  // namespace

TEST("looks are a quarter of the time apart, or an eighth of that less") {
  Idle idle({milliseconds(400), 0}, 1);
  const Time start{};
  EXPECT(idle.begin_look(start));
  EXPECT(!idle.begin_look(start + milliseconds(87)));
  EXPECT(idle.begin_look(start + milliseconds(88)));
  EXPECT(!idle.begin_look(start + milliseconds(100)));
  EXPECT(idle.begin_look(start + milliseconds(1000)));
}

TEST("nothing is surplus before four looks, then half, and at least a quarter of what there was") {
  Looks looks(0);
  for (int i = 0; i < 3; i++) EXPECT(looks.next(16) == 0);
  EXPECT(looks.next(16) == 8);
  EXPECT(looks.next(8) == 4);
  EXPECT(looks.next(4) == 4);
  EXPECT(looks.next(0) == 0);
}

TEST("an odd surplus is rounded up, so that the last one goes too") {
  Looks looks(0);
  for (int i = 0; i < 3; i++) EXPECT(looks.next(1) == 0);
  EXPECT(looks.next(1) == 1);
}

TEST("the least of the last four looks counts") {
  Looks looks(0);
  EXPECT(looks.next(10) == 0);
  EXPECT(looks.next(2) == 0);
  EXPECT(looks.next(10) == 0);
  EXPECT(looks.next(10) == 1);
  EXPECT(looks.next(9) == 1);
  EXPECT(looks.next(10) == 5);  // the 2 is four looks ago
}

TEST("some are kept, and are no surplus") {
  Looks looks(3);
  for (int i = 0; i < 3; i++) EXPECT(looks.next(7) == 0);
  EXPECT(looks.next(7) == 2);
  EXPECT(looks.next(5) == 1);
  EXPECT(looks.next(4) == 1);
  EXPECT(looks.next(3) == 0);
  EXPECT(looks.next(2) == 0);
}

TEST("what there was at first is forgotten once nothing is surplus") {
  Looks looks(0);
  for (int i = 0; i < 3; i++) EXPECT(looks.next(16) == 0);
  EXPECT(looks.next(16) == 8);
  EXPECT(looks.next(0) == 0);
  for (int i = 0; i < 3; i++) EXPECT(looks.next(4) == 0);
  EXPECT(looks.next(4) == 2);
  EXPECT(looks.next(2) == 1);  // and not 4, a quarter of 16
}
