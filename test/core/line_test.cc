#include "line.h"

#include "harness.h"

using namespace pixelpool;

TEST("a line serves in the order of arrival") {
  Line line;
  const Ticket first = line.join(1);
  const Ticket second = line.join(2);
  EXPECT(line.length() == 2);
  EXPECT(line.next()->ticket == first);
  const auto next = line.next();
  EXPECT(next->ticket == second);
  EXPECT(next->owner == 2);
  EXPECT(!line.next().has_value());
  EXPECT(line.empty());
}

TEST("who leaves a line is not served, and leaves once") {
  Line line;
  const Ticket first = line.join(1);
  const Ticket second = line.join(1);
  const Ticket third = line.join(1);
  EXPECT(line.leave(second));
  EXPECT(!line.leave(second));
  EXPECT(line.next()->ticket == first);
  EXPECT(!line.leave(first));
  EXPECT(line.next()->ticket == third);
}

TEST("all of one owner leave, and the others keep their order") {
  Line line;
  (void)line.join(1);
  const Ticket others = line.join(2);
  (void)line.join(1);
  const Ticket more = line.join(3);
  line.leave_all(1);
  EXPECT(line.length() == 2);
  EXPECT(line.next()->ticket == others);
  EXPECT(line.next()->ticket == more);
}
