#include "line.h"

#include "harness.h"

using namespace pixelpool;

namespace {

Waiter next(Line& line) {
  const Waiter first = line.first();
  EXPECT(line.leave(first.ticket));
  return first;
}

}  // namespace

TEST("a line serves in the order of arrival") {
  Line line;
  const Ticket first = line.join(1, {0, 1}, 1);
  const Ticket second = line.join(2, {0, 1}, 1);
  EXPECT(line.length() == 2);
  EXPECT(next(line).ticket == first);
  const Waiter waiter = next(line);
  EXPECT(waiter.ticket == second);
  EXPECT(waiter.owner == 2);
  EXPECT(line.empty());
  EXPECT(line.empty());
}

TEST("who leaves a line is not served, and leaves once") {
  Line line;
  const Ticket first = line.join(1, {0, 1}, 1);
  const Ticket second = line.join(1, {0, 1}, 1);
  const Ticket third = line.join(1, {0, 1}, 1);
  EXPECT(line.leave(second));
  EXPECT(!line.leave(second));
  EXPECT(next(line).ticket == first);
  EXPECT(!line.leave(first));
  EXPECT(next(line).ticket == third);
}

TEST("all of one owner leave, and the others keep their order") {
  Line line;
  (void)line.join(1, {0, 1}, 1);
  const Ticket others = line.join(2, {0, 1}, 1);
  (void)line.join(1, {0, 1}, 1);
  const Ticket more = line.join(3, {0, 1}, 1);
  line.leave_all(1);
  EXPECT(line.length() == 2);
  EXPECT(next(line).ticket == others);
  EXPECT(next(line).ticket == more);
}

TEST("a line knows what those in it need, of each size and in all") {
  Line line;
  const Ticket first = line.join(1, {0, 10}, 4096);
  (void)line.join(2, {1, 10}, 8192);
  (void)line.join(2, {0, 10}, 4096);
  EXPECT(line.held_bytes() == 16384);
  EXPECT(line.length(0) == 2);
  EXPECT(line.leave(first));
  EXPECT(line.held_bytes() == 12288);
  line.leave_all(2);
  EXPECT(line.held_bytes() == 0);
  EXPECT(line.length(0) == 0);
}
