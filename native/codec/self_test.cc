#include "self_test.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "decoder.h"
#include "plan.h"

namespace pixelpool {
namespace {

constexpr std::size_t picture_bytes = 12;  // 2 x 2 x 3

// A PNG of 10 20 30 | 40 50 60 over 70 80 90 | 100 110 120.
constexpr std::array<std::uint8_t, 100> png = {
    137, 80, 78, 71,  13,  10,  26,  10,  0,   0,   0,   13,  73,  72,  68,  82, 0,   0,   0,  2,
    0,   0,  0,  2,   8,   2,   0,   0,   0,   253, 212, 154, 115, 0,   0,   0,  9,   112, 72, 89,
    115, 0,  0,  3,   232, 0,   0,   3,   232, 1,   181, 123, 82,  107, 0,   0,  0,   22,  73, 68,
    65,  84, 8,  215, 99,  224, 18,  145, 211, 48,  178, 97,  112, 11,  136, 74, 201, 171, 0,  0,
    15,  24, 3,  13,  250, 78,  157, 114, 0,   0,   0,   0,   73,  69,  78,  68, 174, 66,  96, 130};
using Picture = std::array<std::uint8_t, picture_bytes>;
constexpr Picture as_it_is = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};
constexpr Picture by_90_right = {70, 80, 90, 10, 20, 30, 100, 110, 120, 40, 50, 60};

bool arrives(const Libvips& vips, Plan& plan, int orientation, const Picture& expected) {
  constexpr auto untouched = std::byte{0xa5};
  constexpr std::size_t around = 64;
  std::array<std::byte, around + picture_bytes + around> memory;
  memory.fill(untouched);
  const Target target = {memory.data() + around, picture_bytes};
  plan.orientation = orientation;
  Watch watch;
  if (decode(vips, plan, target, watch) != Outcome::ok) return false;
  for (std::size_t i = 0; i < memory.size(); i++) {
    const bool inside = around <= i && i < around + picture_bytes;
    const std::byte wanted = inside ? std::byte{expected[i - around]} : untouched;
    if (memory[i] != wanted) return false;
  }
  return true;
}

bool arrives(const Libvips& vips, int orientation, const Picture& expected) {
  Input input;
  input.memory = png.data();
  input.bytes = png.size();
  Plan plan;
  return make_plan(vips, input, Request{}, plan) == Outcome::ok &&
         arrives(vips, plan, orientation, expected);
}

}  // namespace

bool self_test(const Libvips& vips) {
  const bool passed = arrives(vips, 1, as_it_is) && arrives(vips, 6, by_90_right);
  vips.vips_error_clear();
  return passed;
}

}  // namespace pixelpool
