#include "pages.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr std::size_t mib = std::size_t{1024} * 1024;

bool all(const std::byte* start, std::size_t bytes, int value) {
  for (std::size_t i = 0; i < bytes; i++) {
    if (start[i] != static_cast<std::byte>(value)) return false;
  }
  return true;
}

}  // namespace

TEST("a page is what the system says, a power of two") {
  const std::size_t page = Pages::page_bytes();
  EXPECT(page >= 4096);
  EXPECT((page & (page - 1)) == 0);
}

TEST("a reserved range starts on a huge page and uses no memory until it is written") {
  auto pages = Pages::reserve(8 * mib);
  EXPECT(pages.has_value());
  EXPECT(reinterpret_cast<std::uintptr_t>(pages->start()) % Pages::huge_bytes == 0);
  EXPECT(pages->commit(0, 8 * mib));
  EXPECT(pages->resident_bytes(0, 8 * mib) == 0);
  std::memset(pages->start(), 1, 3 * Pages::page_bytes());
  EXPECT(pages->resident_bytes(0, 8 * mib) == 3 * Pages::page_bytes());
}

TEST("a discarded range is given back and reads as zero, its neighbours stay") {
  const std::size_t page = Pages::page_bytes();
  auto pages = Pages::reserve(4 * page);
  EXPECT(pages.has_value());
  EXPECT(pages->commit(0, 4 * page));
  std::memset(pages->start(), 7, 4 * page);
  EXPECT(pages->discard(page, 2 * page) == Discarded::zero);
  EXPECT(pages->resident_bytes(0, 4 * page) == 2 * page);
  EXPECT(all(pages->start(), page, 7));
  EXPECT(all(pages->start() + page, 2 * page, 0));
  EXPECT(all(pages->start() + 3 * page, page, 7));
}

TEST("resident bytes are counted over more than one call to the system") {
  auto pages = Pages::reserve(40 * mib);
  EXPECT(pages.has_value());
  EXPECT(pages->commit(0, 40 * mib));
  std::memset(pages->start() + mib, 1, 36 * mib);
  EXPECT(pages->resident_bytes(0, 40 * mib) == 36 * mib);
}

TEST("huge pages may be asked for, whatever the system makes of it") {
  auto pages = Pages::reserve(4 * mib);
  EXPECT(pages.has_value());
  EXPECT(pages->commit(0, 4 * mib));
  pages->advise(0, 4 * mib, Pages::Touch::huge_page);
  std::memset(pages->start(), 1, 4 * mib);
  EXPECT(pages->resident_bytes(0, 4 * mib) == 4 * mib);
}

TEST("an absurd range is refused and nothing is left half-made") {
  EXPECT(!Pages::reserve(SIZE_MAX - Pages::page_bytes() + 1).has_value());
  EXPECT(!Pages::reserve(std::size_t{1} << 60).has_value());
}

TEST("a moved range is unmapped once") {
  auto pages = Pages::reserve(mib);
  EXPECT(pages.has_value());
  const Pages other = std::move(*pages);
  EXPECT(other.bytes() == mib);
}

TEST("an abandoned range keeps its addresses and gives its memory back") {
  const std::byte* start = nullptr;
  {
    auto pages = Pages::reserve(2 * mib);
    EXPECT(pages.has_value());
    EXPECT(pages->commit(0, 2 * mib));
    std::memset(pages->start(), 9, 2 * mib);
    start = pages->start();
    pages->abandon();
  }
  EXPECT(all(start, 2 * mib, 0));
}
