#include "contents.h"

#include <algorithm>
#include <utility>

#include "harness.h"

using namespace pixelpool;

namespace {

const std::size_t page = Pages::page_bytes();
constexpr std::size_t slot_pages = 8;

Contents make(const ContentsOptions& options, bool commit_late = false) {
  auto slabs = Slabs::create({{slot_pages * page, 2, false, commit_late}});
  EXPECT(slabs.has_value());
  return Contents(std::move(*slabs), options, !commit_late);
}

std::byte* start(const Contents& contents, std::uint32_t slot) {
  return contents.slabs().start(slot);
}

void paint(const Contents& contents, std::uint32_t slot, std::size_t bytes, int value) {
  std::fill_n(start(contents, slot), bytes, static_cast<std::byte>(value));
}

bool shows(const Contents& contents, std::size_t from, std::size_t to, int value) {
  return std::all_of(start(contents, 0) + from, start(contents, 0) + to,
                     [value](std::byte each) { return each == static_cast<std::byte>(value); });
}

std::size_t resident(const Contents& contents, std::uint32_t slot) {
  return contents.slabs().resident_bytes(slot, 0);
}

}  // namespace

TEST("a slot that is not committed is so before its first tenant, and no other") {
  Contents contents = make({false, std::nullopt}, true);
  EXPECT(contents.prepare(0, page));
  paint(contents, 0, slot_pages * page, 1);
  EXPECT(resident(contents, 0) == slot_pages * page);
  EXPECT(resident(contents, 1) == 0);
  EXPECT(contents.prepare(1, page));
  paint(contents, 1, page, 2);
  EXPECT(shows(contents, 0, slot_pages * page, 1));
}

TEST("a slot that does not clear is as it was left") {
  Contents contents = make({false, std::nullopt});
  EXPECT(contents.prepare(0, 2 * page));
  paint(contents, 0, 2 * page, 1);
  EXPECT(contents.prepare(0, 2 * page));
  EXPECT(shows(contents, 0, 2 * page, 1));
}

TEST("a cleared slot reads as zero, what its tenant uses stays in memory and no more") {
  Contents contents = make({true, std::nullopt});
  EXPECT(contents.prepare(0, 6 * page));
  paint(contents, 0, 6 * page, 1);
  EXPECT(contents.prepare(0, 2 * page));
  EXPECT(shows(contents, 0, 2 * page, 0));
  EXPECT(resident(contents, 0) == 2 * page);
  EXPECT(shows(contents, 2 * page, slot_pages * page, 0));
}

TEST("what somebody wrote beyond what he may touch is cleared too, and goes back") {
  Contents contents = make({true, std::nullopt});
  EXPECT(contents.prepare(0, page));
  paint(contents, 0, slot_pages * page, 1);
  contents.clear(0, page);
  EXPECT(resident(contents, 0) == page);
  EXPECT(shows(contents, 0, slot_pages * page, 0));
}

TEST("what reads as zero already is not touched") {
  Contents contents = make({true, std::nullopt});
  EXPECT(contents.prepare(0, 4 * page));
  EXPECT(resident(contents, 0) == 0);
  paint(contents, 0, page, 1);
  EXPECT(contents.discard(0, 0) == page);
  EXPECT(contents.prepare(0, 4 * page));
  EXPECT(resident(contents, 0) == 0);
  contents.clear(0, 4 * page);
  EXPECT(resident(contents, 0) == 4 * page);
  EXPECT(contents.prepare(0, slot_pages * page));
  EXPECT(resident(contents, 0) == 4 * page);
}

TEST("a discard answers what was in memory from an offset on, and takes no more") {
  Contents contents = make({false, std::nullopt});
  EXPECT(contents.prepare(0, slot_pages * page));
  EXPECT(contents.prepare(1, slot_pages * page));
  paint(contents, 0, 6 * page, 1);
  paint(contents, 1, page, 2);
  EXPECT(contents.discard(0, 2 * page) == 4 * page);
  EXPECT(shows(contents, 0, 2 * page, 1));
  EXPECT(shows(contents, 2 * page, slot_pages * page, 0));
  EXPECT(contents.discard(0, slot_pages * page) == std::size_t{0});
  EXPECT(resident(contents, 1) == page);
}

TEST("a tail that went back does not make the rest of the slot read as zero") {
  Contents contents = make({true, std::nullopt});
  EXPECT(contents.prepare(0, slot_pages * page));
  paint(contents, 0, slot_pages * page, 1);
  EXPECT(contents.discard(0, page).has_value());
  EXPECT(contents.prepare(0, page));
  EXPECT(shows(contents, 0, slot_pages * page, 0));
}

TEST("a filled slot shows that, and is cleared after all") {
  Contents contents = make({true, std::uint8_t{0xdb}});
  EXPECT(contents.is_filled_on_release());
  EXPECT(contents.prepare(0, 2 * page));
  contents.fill(0, 2 * page);
  EXPECT(shows(contents, 0, 2 * page, 0xdb));
  EXPECT(resident(contents, 0) == 2 * page);
  EXPECT(contents.prepare(0, 2 * page));
  EXPECT(shows(contents, 0, 2 * page, 0));
}
