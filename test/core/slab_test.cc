#include "slab.h"

#include <algorithm>
#include <cstdint>

#include "harness.h"

using namespace pixelpool;

namespace {

constexpr std::size_t mib = std::size_t{1024} * 1024;
constexpr std::size_t full_hd = std::size_t{1920} * 1080 * 4;
constexpr std::size_t hd = std::size_t{1280} * 720 * 4;

std::size_t stride(const Slab& slab) {
  return static_cast<std::size_t>(slab.start(1) - slab.start(0));
}

bool all(const std::byte* start, std::size_t bytes, int value) {
  return std::all_of(start, start + bytes,
                     [value](std::byte each) { return each == static_cast<std::byte>(value); });
}

}  // namespace

TEST("every slot starts and ends on a page of the system") {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{1'000'000}, hd, full_hd}) {
    for (const bool huge : {true, false}) {
      const auto slab = Slab::create(bytes, 3, huge);
      EXPECT(slab.has_value());
      for (std::uint32_t slot = 0; slot < 3; slot++) {
        const auto start = reinterpret_cast<std::uintptr_t>(slab->start(slot));
        EXPECT(start % Pages::page_bytes() == 0);
      }
      EXPECT(stride(*slab) >= bytes);
      EXPECT(stride(*slab) % Pages::page_bytes() == 0);
      EXPECT(slab->reserved_bytes() == 3 * stride(*slab));
      EXPECT(slab->slot_bytes() == bytes);
    }
  }
}

TEST("a slot is rounded up to huge pages where that wastes no more than an eighth") {
  EXPECT(stride(*Slab::create(full_hd, 2, true)) == 8 * mib);   // 1.1 % wasted
  EXPECT(stride(*Slab::create(full_hd, 2, false)) < 8 * mib);   // not asked for
  EXPECT(stride(*Slab::create(hd, 2, true)) == hd);             // 13.8 % would be
  EXPECT(stride(*Slab::create(2 * mib, 2, true)) == 2 * mib);   // nothing
  EXPECT(stride(*Slab::create(1'000'000, 2, true)) < 2 * mib);  // below 1 MiB
  EXPECT(stride(*Slab::create(16 * mib + 1, 2, true)) == 18 * mib);
}

TEST("a slab whose size does not fit is refused") {
  EXPECT(!Slab::create(SIZE_MAX, 1, true).has_value());
  EXPECT(!Slab::create(SIZE_MAX - 1, 2, false).has_value());
  EXPECT(!Slab::create(std::size_t{1} << 40, UINT32_MAX, false).has_value());
}

TEST("filling and discarding a slot of 1,000,000 bytes leaves its neighbours alone") {
  auto slab = Slab::create(1'000'000, 3, true);
  EXPECT(slab.has_value());
  EXPECT(slab->commit_all());
  for (std::uint32_t slot = 0; slot < 3; slot++)
    slab->fill(slot, static_cast<std::uint8_t>(slot + 1), 1'000'000);
  EXPECT(all(slab->start(1), 1'000'000, 2));
  EXPECT(slab->discard(1, 0) == Discarded::zero);
  EXPECT(all(slab->start(0), 1'000'000, 1));
  EXPECT(all(slab->start(1), 1'000'000, 0));
  EXPECT(all(slab->start(2), 1'000'000, 3));
}

TEST("resident bytes are told of one slot, from an offset on") {
  auto slab = Slab::create(64 * Pages::page_bytes(), 4, false);
  EXPECT(slab.has_value());
  EXPECT(slab->commit(2));
  EXPECT(slab->resident_bytes(2, 0) == 0);
  slab->fill(2, 1, 48 * Pages::page_bytes());
  EXPECT(slab->resident_bytes(2, 0) == 48 * Pages::page_bytes());
  EXPECT(slab->resident_bytes(2, 40 * Pages::page_bytes()) == 8 * Pages::page_bytes());
  EXPECT(slab->resident_bytes(1, 0) == 0);
}
