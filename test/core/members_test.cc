#include "members.h"

#include "harness.h"

using namespace pixelpool;

TEST("a member is open until it closes or leaves") {
  Members members;
  const Owner one = members.join(1, [] {});
  const Owner other = members.join(1, [] {});
  EXPECT(members.is_open(one));
  members.close(one);
  members.close(one);
  EXPECT(!members.is_open(one));
  EXPECT(members.has_open());
  members.leave(other);
  EXPECT(!members.has_open());
  EXPECT(!members.is_open(no_owner));
}

TEST("a member is told as long as it has not left") {
  Members members;
  int told = 0;
  const Owner one = members.join(1, [&told] { told++; });
  members.close(one);
  members.tell_of(one)();
  EXPECT(told == 1);
  members.leave(one);
  EXPECT(members.tell_of(one) == nullptr);
}

TEST("all members but one are told, those that have closed too") {
  Members members;
  int told = 0;
  const Owner one = members.join(1, [&told] { told += 1; });
  const Owner other = members.join(1, [&told] { told += 10; });
  const Owner gone = members.join(1, [&told] { told += 100; });
  members.close(other);
  members.leave(gone);
  for (const auto& tell : members.ask_beside(one)) tell();
  EXPECT(told == 10);
}
