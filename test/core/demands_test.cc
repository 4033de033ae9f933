#include "demands.h"

#include "harness.h"

using namespace pixelpool;

TEST("demands keep the largest of each size, how often, and the most at once") {
  Demands demands(2);
  demands.begin(0, 10, 4096);
  demands.begin(0, 30, 4096);
  demands.begin(1, 5000, 8192);
  demands.end(0, 4096);
  demands.begin(0, 20, 4096);
  const SizeDemand& small = demands.sizes()[0];
  EXPECT(small.tenancies == 3);
  EXPECT(small.largest_bytes == 30);
  EXPECT(small.at_once == 2);
  EXPECT(small.at_once_peak == 2);
  EXPECT(demands.sizes()[1].tenancies == 1);
  EXPECT(demands.peak() == 16384);
}

TEST("those who could not be served count as if they had been, and as no tenancy") {
  Demands demands(1);
  demands.begin(0, 10, 4096);
  demands.refuse(0, 5000, {8192, 1});
  EXPECT(demands.sizes()[0].tenancies == 1);
  EXPECT(demands.sizes()[0].largest_bytes == 5000);
  EXPECT(demands.sizes()[0].at_once == 1);
  EXPECT(demands.sizes()[0].at_once_peak == 2);
  EXPECT(demands.peak() == 12288);
  demands.refuse(0, 10, {12288, 2});
  EXPECT(demands.sizes()[0].at_once_peak == 3);
  EXPECT(demands.peak() == 16384);
  demands.end(0, 4096);
  EXPECT(demands.peak() == 16384);
}
