#include "scaling.h"

#include "harness.h"

using namespace pixelpool;

namespace {

Request of_size(int width, int height, bool fill = false) {
  Request request;
  request.width = width;
  request.height = height;
  request.fill = fill;
  return request;
}

bool is(const Scaling& scaling, double horizontal, double vertical) {
  return scaling.horizontal == horizontal && scaling.vertical == vertical;
}

constexpr Loader jpeg = {"", "jpeg", nullptr, false};
constexpr Loader webp = {"", "webp", nullptr, true};
constexpr Loader png = {"", "png", nullptr, false};

int jpeg_shrink(double common) {
  return shrink_on_load(jpeg, {common, common}).jpeg;
}

}  // namespace

TEST("no size asked for is no scaling") {
  EXPECT(scaling_of(300, 200, of_size(0, 0)).is_identity());
  EXPECT(scaling_of(300, 200, of_size(0, 0, true)).is_identity());
  EXPECT(scaling_of(300, 200, of_size(300, 200)).is_identity());
}

TEST("one side asked for keeps the proportions") {
  EXPECT(is(scaling_of(300, 200, of_size(100, 0)), 3, 3));
  EXPECT(is(scaling_of(300, 200, of_size(0, 100)), 2, 2));
}

TEST("inside: the side that shrinks more decides, and what is too small grows") {
  EXPECT(is(scaling_of(300, 200, of_size(100, 100)), 3, 3));
  EXPECT(is(scaling_of(200, 300, of_size(100, 100)), 3, 3));
  EXPECT(is(scaling_of(300, 200, of_size(600, 800)), 0.5, 0.5));
}

TEST("fill: each side for itself, and one that is not asked for stays") {
  EXPECT(is(scaling_of(300, 200, of_size(100, 100, true)), 3, 2));
  EXPECT(is(scaling_of(300, 200, of_size(100, 0, true)), 3, 1));
  EXPECT(is(scaling_of(300, 200, of_size(0, 400, true)), 1, 0.5));
}

TEST("no side shrinks to less than one pixel") {
  EXPECT(is(scaling_of(1000, 10, of_size(10, 0)), 100, 10));
  EXPECT(is(scaling_of(10, 1000, of_size(0, 10)), 10, 100));
  EXPECT(is(scaling_of(1000, 10, of_size(10, 10)), 100, 10));
}

TEST("a JPEG is shrunk by libjpeg to no less than what is asked, with something left to do") {
  EXPECT(jpeg_shrink(0.5) == 1);
  EXPECT(jpeg_shrink(1.0) == 1);
  EXPECT(jpeg_shrink(1.99) == 1);
  EXPECT(jpeg_shrink(2.0) == 1);
  EXPECT(jpeg_shrink(2.99) == 1);
  EXPECT(jpeg_shrink(3.0) == 2);
  EXPECT(jpeg_shrink(4.0) == 2);
  EXPECT(jpeg_shrink(4.99) == 2);
  EXPECT(jpeg_shrink(5.0) == 4);
  EXPECT(jpeg_shrink(8.0) == 4);
  EXPECT(jpeg_shrink(8.99) == 4);
  EXPECT(jpeg_shrink(9.0) == 8);
  EXPECT(jpeg_shrink(1000.0) == 8);
}

TEST("the side that shrinks less decides how much the loader shrinks") {
  EXPECT(shrink_on_load(jpeg, {9, 3}).jpeg == 2);
  EXPECT(shrink_on_load(jpeg, {1, 9}).jpeg == 1);
  EXPECT(shrink_on_load(webp, {4, 2}).webp == 0.5);
}

TEST("a WebP is shrunk by its loader, and never made larger") {
  EXPECT(shrink_on_load(webp, {4, 4}).webp == 0.25);
  EXPECT(shrink_on_load(webp, {1, 1}).webp == 1.0);
  EXPECT(shrink_on_load(webp, {0.5, 0.5}).webp == 1.0);
  EXPECT(shrink_on_load(webp, {4, 4}).jpeg == 1);
}

TEST("no other format is shrunk by its loader") {
  const Shrink shrink = shrink_on_load(png, {9, 9});
  EXPECT(shrink.jpeg == 1);
  EXPECT(shrink.webp == 1.0);
}
