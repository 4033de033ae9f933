#include "loader.h"

#include <cstring>
#include <string_view>

#include "harness.h"
#include "session.h"

using namespace pixelpool;

namespace {

Bytes bytes_of(std::string_view text) {
  const auto* const start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

Outcome outcome_of(std::string_view text) {
  const Bytes bytes = bytes_of(text);
  return Session().make(input_of(bytes));
}

struct Open {
  const LibvipsJob job{libvips()};
  Opened opened;

  Outcome operator()(const std::string& name, const Request& request = {}) {
    return open_image(libvips(), file_input(name), request, opened);
  }
  [[nodiscard]] int width() const { return libvips().vips_image_get_width(opened.image.get()); }
  [[nodiscard]] int height() const { return libvips().vips_image_get_height(opened.image.get()); }
};

std::string_view format_of(const std::string& name) {
  Open open;
  return open(name) == Outcome::ok ? open.opened.loader->format : "";
}

}  // namespace

TEST("the formats that are read have sharp's names") {
  EXPECT(format_of("baseline.jpg") == "jpeg");
  EXPECT(format_of("rgb.png") == "png");
  EXPECT(format_of("still.webp") == "webp");
  EXPECT(format_of("still.gif") == "gif");
  EXPECT(format_of("still.avif") == "heif");
  EXPECT(format_of("strip.tiff") == "tiff");
}

TEST("what libvips might read but is not on the list is unsupported, from a file as well") {
  constexpr std::string_view svg =
      "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect width='5' "
      "height='5'/></svg>";
  EXPECT(outcome_of(svg) == Outcome::unsupported);
  const TemporaryFile file(bytes_of(svg));
  EXPECT(Session().make({file.path(), nullptr, 0, nullptr}) == Outcome::unsupported);

  EXPECT(outcome_of("P6\n2 1\n255\nabcdef") == Outcome::unsupported);
  EXPECT(outcome_of("P5\n2 1\n255\nab") == Outcome::unsupported);
  EXPECT(outcome_of("%PDF-1.4\n%%EOF") == Outcome::unsupported);
  EXPECT(outcome_of("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\nabcd") ==
         Outcome::unsupported);
  EXPECT(outcome_of("1,2,3\n4,5,6\n") == Outcome::unsupported);
  EXPECT(outcome_of("just some words, and no picture") == Outcome::unsupported);
}

TEST("libvips' own format is unsupported: its header is believed without a look") {
  Bytes raw(64 + 4 * 4 * 3);
  constexpr unsigned char header[] = {
      0xb6, 0xa6, 0xf2, 0x08,  // magic
      4,    0,    0,    0,     // width
      4,    0,    0,    0,     // height
      3,    0,    0,    0,     // bands
      8,    0,    0,    0,     // bits
      0,    0,    0,    0,     // uchar
      0,    0,    0,    0,     // not coded
      22,   0,    0,    0,     // sRGB
  };
  std::memcpy(raw.data(), header, sizeof header);
  EXPECT(Session().make(input_of(raw)) == Outcome::unsupported);
  const TemporaryFile file(raw);
  EXPECT(Session().make({file.path(), nullptr, 0, nullptr}) == Outcome::unsupported);
}

TEST("a header that ends too early is corrupt, with libvips' words") {
  Bytes bytes = read_picture("baseline.jpg");
  bytes.resize(100);
  Session session;
  EXPECT(session.make(input_of(bytes)) == Outcome::corrupt);
  EXPECT(!session.job.message().empty());
  EXPECT(session.job.message().find('\n') == std::string::npos);
}

TEST("a page that is not there is told from a broken image") {
  for (const char* const name : {"animated.gif", "animated.webp", "pages.tiff", "still.avif"}) {
    Request request;
    request.page = 9;
    EXPECT(Session().make(name, request) == Outcome::no_such_page);
  }
}

TEST("where a format has no pages they are not asked for") {
  for (const char* const name : {"baseline.jpg", "rgb.png"}) {
    Request request;
    request.page = 9;
    request.pages = 5;
    EXPECT(Open()(name, request) == Outcome::ok);
  }
}

TEST("as many pixels as are allowed, and one more is too large") {
  Request request;
  request.pixels_max = 100 * 75;
  EXPECT(Open()("rgb.png", request) == Outcome::ok);
  request.pixels_max--;
  EXPECT(Open()("rgb.png", request) == Outcome::too_large);
  request.pixels_max = 0;
  EXPECT(Open()("rgb.png", request) == Outcome::ok);
}

TEST("the limit of pixels is for all pages that are read together") {
  Request request;
  request.pixels_max = 60 * 50 * 3;
  request.pages = 3;
  EXPECT(Open()("animated.gif", request) == Outcome::ok);
  request.pages = -1;
  EXPECT(Open()("animated.gif", request) == Outcome::too_large);
}

TEST("more than five channels are unsupported") {
  EXPECT(Open()("five-bands.tiff") == Outcome::ok);
  EXPECT(Open()("six-bands.tiff") == Outcome::unsupported);
}

TEST("a JPEG and a WebP are opened again, smaller") {
  for (const char* const name : {"baseline.jpg", "progressive.jpg", "still.webp", "alpha.webp"}) {
    Open open;
    EXPECT(open(name) == Outcome::ok);
    const int width = open.width();
    const int height = open.height();
    Shrink shrink;
    shrink.jpeg = 2;
    shrink.webp = 0.5;
    EXPECT(open_shrunk(libvips(), {}, shrink, open.opened) == Outcome::ok);
    EXPECT(open.width() == width / 2);
    EXPECT(open.height() == height / 2);
  }
}

TEST("an integer that the header lacks is what it is otherwise") {
  Open open;
  EXPECT(open("animated.gif") == Outcome::ok);
  EXPECT(header_int(libvips(), open.opened.image, "n-pages", -7) == 4);
  EXPECT(header_int(libvips(), open.opened.image, "no-such-field", -7) == -7);
}
