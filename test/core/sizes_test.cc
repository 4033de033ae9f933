#include "sizes.h"

#include <cstdint>

#include "harness.h"

using namespace pixelpool;

TEST("multiply answers the product, and nothing when it does not fit") {
  EXPECT(multiply(3, 5) == 15U);
  EXPECT(multiply(0, SIZE_MAX) == 0U);
  EXPECT(multiply(SIZE_MAX, 0) == 0U);
  EXPECT(multiply(SIZE_MAX, 1) == SIZE_MAX);
  EXPECT(!multiply(SIZE_MAX, 2).has_value());
  EXPECT(!multiply(SIZE_MAX / 2 + 1, 2).has_value());
  EXPECT(multiply(SIZE_MAX / 2, 2) == SIZE_MAX - 1);
}

TEST("round_up answers the next multiple, and nothing when it does not fit") {
  EXPECT(round_up(0, 4096) == 0U);
  EXPECT(round_up(1, 4096) == 4096U);
  EXPECT(round_up(4096, 4096) == 4096U);
  EXPECT(round_up(4097, 4096) == 8192U);
  EXPECT(!round_up(SIZE_MAX, 4096).has_value());
  EXPECT(round_up(SIZE_MAX - 4095, 4096) == SIZE_MAX - 4095);
}
