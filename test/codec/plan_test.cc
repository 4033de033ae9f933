#include "plan.h"

#include <cstring>

#include "harness.h"
#include "session.h"

using namespace pixelpool;

namespace {

Request of_size(int width, int height, bool fill = false) {
  Request request;
  request.width = width;
  request.height = height;
  request.fill = fill;
  return request;
}

Request of_pages(int pages, int page = -1) {
  Request request;
  request.pages = pages;
  request.page = page;
  return request;
}

Request upright_of_size(int width, int height, bool fill = false) {
  Request request = of_size(width, height, fill);
  request.auto_orient = true;
  return request;
}

Request with_channels(int channels) {
  Request request;
  request.channels = channels;
  return request;
}

// Whether the plan has that shape, and its picture as many bytes as that says.
bool is(Session& session, const std::string& name, const Request& request, int width, int height,
        int bands, int pages = 1) {
  const Outcome outcome = session.make(name, request);
  const Plan& plan = session.plan;
  const bool same = outcome == Outcome::ok && plan.width == width && plan.height == height &&
                    plan.bands == bands && plan.pages == pages;
  if (!same) {
    std::printf("    %s: outcome %d, %d x %d, %d bands, %d pages\n", name.c_str(),
                static_cast<int>(outcome), plan.width, plan.height, plan.bands, plan.pages);
  }
  Bytes pixels;
  return same && session.decode(pixels) == Outcome::ok &&
         pixels.size() == static_cast<std::size_t>(width * height * bands);
}

bool is(const std::string& name, const Request& request, int width, int height, int bands,
        int pages = 1) {
  Session session;
  return is(session, name, request, width, height, bands, pages);
}

}  // namespace

TEST("the header tells what is in the file, whatever is asked for") {
  Request request = upright_of_size(10, 0);
  request.channels = 4;
  Session session;
  EXPECT(session.make("orientation-6.jpg", request) == Outcome::ok);
  const Header& header = session.plan.header;
  EXPECT(std::strcmp(header.format, "jpeg") == 0);
  EXPECT(header.width == 61);
  EXPECT(header.height == 47);
  EXPECT(header.bands == 3);
  EXPECT(header.pages == 1);
  EXPECT(header.orientation == 6);
}

TEST("the header's height is that of one page") {
  Session session;
  EXPECT(session.make("animated.gif", of_pages(-1)) == Outcome::ok);
  EXPECT(session.plan.header.height == 50);
  EXPECT(session.plan.header.pages == 4);
  EXPECT(session.make("animated.gif") == Outcome::ok);
  EXPECT(session.plan.header.pages == 4);
}

TEST("without a wish the picture has the size and channels that the file has, in sRGB") {
  EXPECT(is("baseline.jpg", {}, 120, 80, 3));
  EXPECT(is("progressive.jpg", {}, 160, 90, 3));
  EXPECT(is("cmyk.jpg", {}, 64, 48, 3));
  EXPECT(is("p3.jpg", {}, 64, 48, 3));
  EXPECT(is("rgba.png", {}, 75, 100, 4));
  EXPECT(is("palette.png", {}, 60, 60, 3));
  EXPECT(is("16-bit.png", {}, 50, 50, 3));
  EXPECT(is("still.webp", {}, 110, 70, 3));
  EXPECT(is("still.avif", {}, 96, 64, 3));
  EXPECT(is("alpha.avif", {}, 64, 64, 4));
  EXPECT(is("tiled.tiff", {}, 150, 130, 3));
  EXPECT(is("jpeg.tiff", {}, 100, 100, 3));
}

TEST("inside: the picture is as large as both sides allow") {
  EXPECT(is("baseline.jpg", of_size(60, 0), 60, 40, 3));
  EXPECT(is("baseline.jpg", of_size(0, 20), 30, 20, 3));
  EXPECT(is("baseline.jpg", of_size(30, 30), 30, 20, 3));
  EXPECT(is("rgb.png", of_size(200, 200), 200, 150, 3));
  EXPECT(is("still.webp", of_size(55, 1000), 55, 35, 3));
}

TEST("fill: the picture is as large as asked") {
  EXPECT(is("baseline.jpg", of_size(33, 77, true), 33, 77, 3));
  EXPECT(is("rgba.png", of_size(200, 10, true), 200, 10, 4));
  EXPECT(is("rgba.png", of_size(20, 0, true), 20, 100, 4));
  EXPECT(is("still.webp", of_size(7, 50, true), 7, 50, 3));
}

TEST("no picture is less than one pixel high or wide") {
  EXPECT(is("strip.tiff", of_size(1, 0), 1, 1, 3));
  EXPECT(is("rgb.png", of_size(1, 1, true), 1, 1, 3));
}

TEST("an orientation of 5 and more swaps the sides, and the size asked for is the upright one's") {
  for (int orientation = 1; orientation <= 8; orientation++) {
    const std::string name = "orientation-" + std::to_string(orientation) + ".jpg";
    const bool swapped = orientation >= 5;
    EXPECT(is(name, upright_of_size(0, 0), swapped ? 47 : 61, swapped ? 61 : 47, 3));
    EXPECT(is(name, upright_of_size(20, 40, true), 20, 40, 3));
    EXPECT(is(name, of_size(20, 40, true), 20, 40, 3));
    EXPECT(is(name, of_size(0, 0), 61, 47, 3));
  }
  EXPECT(is("orientation-6.jpg", upright_of_size(0, 30), 23, 30, 3));
}

TEST("an orientation that is not asked to be honoured is 1") {
  Session session;
  EXPECT(session.make("orientation-6.jpg") == Outcome::ok);
  EXPECT(session.plan.orientation == 1);
  EXPECT(session.make("orientation-6.jpg", upright_of_size(0, 0)) == Outcome::ok);
  EXPECT(session.plan.orientation == 6);
}

TEST("pages are stacked, each of the same height") {
  EXPECT(is("animated.gif", of_pages(1), 60, 50, 4));
  EXPECT(is("animated.gif", of_pages(-1), 60, 200, 4, 4));
  EXPECT(is("animated.gif", of_pages(-1, 1), 60, 150, 4, 3));
  EXPECT(is("animated.gif", of_pages(2, 2), 60, 100, 4, 2));
  EXPECT(is("animated.webp", of_pages(-1), 50, 300, 4, 5));
  EXPECT(is("pages.tiff", of_pages(-1), 40, 150, 3, 3));
  EXPECT(is("pages.tiff", of_pages(1, 2), 40, 50, 3));
  EXPECT(is("still.gif", of_pages(-1), 80, 60, 4));
}

TEST("a size asked for is that of one page, and every page ends on a whole row") {
  Request request = of_pages(-1);
  request.width = 17;
  EXPECT(is("animated.gif", request, 17, 14 * 4, 4, 4));
  EXPECT(is("animated.webp", request, 17, 20 * 5, 4, 5));
  request.height = 33;
  request.fill = true;
  EXPECT(is("animated.gif", request, 17, 33 * 4, 4, 4));
  EXPECT(is("animated.webp", request, 17, 33 * 5, 4, 5));
  EXPECT(is("pages.tiff", request, 17, 33 * 3, 3, 3));
}

TEST("where a format has no pages there is one, however many are asked for") {
  EXPECT(is("baseline.jpg", of_pages(-1), 120, 80, 3));
  EXPECT(is("baseline.jpg", of_pages(2), 120, 80, 3));
  EXPECT(is("rgb.png", of_pages(100), 100, 75, 3));
  Request request = of_pages(3);
  request.width = 60;
  EXPECT(is("baseline.jpg", request, 60, 40, 3));
}

TEST("several pages on their side are unsupported: each would have to be turned alone") {
  Request request = of_pages(-1);
  EXPECT(is("turned-animated.webp", request, 50, 180, 3, 3));
  request.auto_orient = true;
  EXPECT(Session().make("turned-animated.webp", request) == Outcome::unsupported);
  request.pages = 1;
  EXPECT(is("turned-animated.webp", request, 60, 50, 3));
}

TEST("channels: an alpha is added or taken away") {
  EXPECT(is("rgb.png", with_channels(4), 100, 75, 4));
  EXPECT(is("rgba.png", with_channels(3), 75, 100, 3));
  EXPECT(is("rgb.png", with_channels(3), 100, 75, 3));
  EXPECT(is("rgba.png", with_channels(4), 75, 100, 4));
  EXPECT(is("16-bit.png", with_channels(4), 50, 50, 4));
  EXPECT(is("cmyk.jpg", with_channels(4), 64, 48, 4));
}

TEST("an added alpha is opaque, of 16 bits too") {
  for (const char* const name : {"rgb.png", "16-bit.png", "baseline.jpg", "grey.jpg"}) {
    Session session;
    Bytes pixels;
    if (session.make(name, with_channels(4)) != Outcome::ok) continue;
    EXPECT(session.decode(pixels) == Outcome::ok);
    for (std::size_t i = 3; i < pixels.size(); i += 4) {
      if (pixels[i] == std::byte{255}) continue;
      EXPECT(pixels[i] == std::byte{255});
      break;
    }
  }
}

TEST("five channels are unsupported") {
  EXPECT(Session().make("five-bands.tiff") == Outcome::unsupported);
}

TEST("the size of a plan is known before a pixel is decoded: broken pixels do not matter") {
  Bytes bytes = read_picture("rgb.png");
  bytes.resize(200);
  Session session;
  EXPECT(session.make(input_of(bytes)) == Outcome::ok);
  EXPECT(session.plan.width == 100);
  Bytes pixels;
  EXPECT(session.decode(pixels) == Outcome::corrupt);
}

TEST("as large as can be asked for is an outcome, and no number that wraps") {
  constexpr int size_max = 100'000'000;
  for (const std::string& name : pictures()) {
    for (const bool fill : {false, true}) {
      for (const auto& [width, height] :
           {std::pair{size_max, 0}, std::pair{0, size_max}, std::pair{size_max, 1},
            std::pair{1, size_max}, std::pair{size_max, size_max}}) {
        for (const int pages : {1, -1}) {
          Request request = upright_of_size(width, height, fill);
          request.pages = pages;
          Session session;
          if (session.make(name, request) != Outcome::ok) continue;
          EXPECT(1 <= session.plan.width && session.plan.width <= size_max);
          EXPECT(1 <= session.plan.height);
        }
      }
    }
  }
}
