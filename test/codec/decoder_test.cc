#include "decoder.h"

#include <cstring>
#include <thread>

#include "guarded.h"
#include "harness.h"
#include "reference.h"
#include "session.h"

using namespace pixelpool;

namespace {

constexpr std::size_t bytes_max = 2'000'000;

bool holds(const Target& target, const Bytes& expected) {
  return target.bytes == expected.size() &&
         std::memcmp(target.start, expected.data(), target.bytes) == 0;
}

Outcome decode_into(const Plan& plan, const Target& target) {
  Watch watch;
  return decode(libvips(), plan, target, watch);
}

// Decodes once against the page behind, once against the one before; each time as it should be.
bool arrives(const std::string& name, const Request& request) {
  Session session;
  if (session.make(name, request) != Outcome::ok) return false;
  const std::optional<Bytes> expected = reference_of(session.plan);
  if (!expected.has_value()) return false;
  Guarded memory(bytes_max);
  for (const bool at_end : {true, false}) {
    if (session.make(name, request) != Outcome::ok) return false;
    const std::size_t bytes = bytes_of(session.plan);
    const Target target = at_end ? memory.at_end(bytes) : memory.at_start(bytes);
    if (decode_into(session.plan, target) != Outcome::ok) return false;
    if (!holds(target, *expected) || !memory.surroundings_untouched()) return false;
  }
  return true;
}

Request resized(int width, int height) {
  Request request;
  request.width = width;
  request.height = height;
  request.fill = true;
  return request;
}

bool is_ours(const std::string& name) {
  return name.find("-bands") == std::string::npos;
}

}  // namespace

TEST("every picture arrives as libvips writes it, and no byte beside it is touched") {
  for (const std::string& name : pictures()) {
    if (!is_ours(name)) continue;
    const bool arrived = arrives(name, {}) && arrives(name, resized(37, 53));
    if (!arrived) std::printf("    %s\n", name.c_str());
    EXPECT(arrived);
  }
}

TEST("every orientation arrives as its definition tells, resized or not") {
  for (int orientation = 1; orientation <= 8; orientation++) {
    const std::string name = "orientation-" + std::to_string(orientation) + ".jpg";
    for (Request request : {Request{}, resized(20, 31), resized(150, 140)}) {
      request.auto_orient = true;
      EXPECT(arrives(name, request));
      request.channels = 4;
      EXPECT(arrives(name, request));
    }
  }
}

TEST("every number of bands is turned") {
  for (const char* const name : {"grey.jpg", "grey-alpha.png", "rgb.png", "rgba.png"}) {
    for (int orientation = 2; orientation <= 8; orientation++) {
      Session session;
      EXPECT(session.make(name) == Outcome::ok);
      session.plan.orientation = orientation;
      if (orientation >= 5) std::swap(session.plan.width, session.plan.height);
      const Bytes expected = *reference_of(session.plan);
      Session again;
      EXPECT(again.make(name) == Outcome::ok);
      again.plan.orientation = orientation;
      if (orientation >= 5) std::swap(again.plan.width, again.plan.height);
      Bytes pixels;
      EXPECT(again.decode(pixels) == Outcome::ok);
      EXPECT(pixels == expected);
    }
  }
}

TEST("the straight path and the one that turns give the same picture") {
  for (const std::string& name : pictures()) {
    if (!is_ours(name)) continue;
    Session session;
    Bytes straight, mirrored;
    EXPECT(session.make(name) == Outcome::ok);
    EXPECT(session.decode(straight) == Outcome::ok);
    EXPECT(session.make(name) == Outcome::ok);
    session.plan.orientation = 2;
    EXPECT(session.decode(mirrored) == Outcome::ok);
    const Plan& plan = session.plan;
    EXPECT(upright(2, mirrored.data(), plan.width, plan.height, plan.bands) == straight);
  }
}

TEST("all pages of an animation arrive") {
  for (const char* const name : {"animated.gif", "animated.webp", "pages.tiff"}) {
    Request request;
    request.pages = -1;
    EXPECT(arrives(name, request));
    request.width = 23;
    EXPECT(arrives(name, request));
  }
}

TEST("memory that is one byte too small is left alone") {
  for (const char* const name : {"rgb.png", "orientation-6.jpg", "animated.webp"}) {
    Session session;
    Request request;
    request.auto_orient = true;
    EXPECT(session.make(name, request) == Outcome::ok);
    Guarded memory(bytes_max);
    const Target target = memory.at_end(bytes_of(session.plan) - 1);
    EXPECT(decode_into(session.plan, target) == Outcome::does_not_fit);
    EXPECT(memory.untouched());
    EXPECT(decode_into(session.plan, {target.start, 0}) == Outcome::does_not_fit);
    EXPECT(memory.untouched());
  }
}

TEST("memory that is larger keeps what is behind the picture") {
  for (const bool auto_orient : {false, true}) {
    Session session;
    Request request;
    request.auto_orient = auto_orient;
    EXPECT(session.make("orientation-6.jpg", request) == Outcome::ok);
    Guarded memory(bytes_max);
    const std::size_t bytes = bytes_of(session.plan);
    const Target target = memory.at_start(bytes);
    EXPECT(decode_into(session.plan, {target.start, bytes + 1000}) == Outcome::ok);
    EXPECT(memory.surroundings_untouched());
  }
}

TEST("a job that was cancelled before it began leaves the memory alone") {
  for (const char* const name : {"rgb.png", "orientation-6.jpg"}) {
    Session session;
    Request request;
    request.auto_orient = true;
    EXPECT(session.make(name, request) == Outcome::ok);
    Guarded memory(bytes_max);
    const Target target = memory.at_end(bytes_of(session.plan));
    Watch watch;
    watch.cancel();
    EXPECT(decode(libvips(), session.plan, target, watch) == Outcome::cancelled);
    EXPECT(memory.untouched());
    EXPECT(watch.percent() == 0);
  }
}

TEST("a job that is cancelled while it runs ends as cancelled, turned or straight") {
  for (const bool auto_orient : {false, true}) {
    Session session;
    Request request = resized(3000, 3000);
    request.auto_orient = auto_orient;
    EXPECT(session.make("orientation-6.jpg", request) == Outcome::ok);
    Bytes pixels(bytes_of(session.plan));
    Watch* self = nullptr;
    Watch watch([&self] { self->cancel(); });
    self = &watch;
    const Target target = {pixels.data(), pixels.size()};
    EXPECT(decode(libvips(), session.plan, target, watch) == Outcome::cancelled);
    EXPECT(watch.percent() < 100);
  }
}

TEST("the percent is 100 when a job is done, and not when it failed") {
  for (const bool auto_orient : {false, true}) {
    Session session;
    Request request;
    request.auto_orient = auto_orient;
    EXPECT(session.make("orientation-6.jpg", request) == Outcome::ok);
    Bytes pixels(bytes_of(session.plan));
    Watch watch;
    const Target target = {pixels.data(), pixels.size()};
    EXPECT(decode(libvips(), session.plan, target, watch) == Outcome::ok);
    EXPECT(watch.percent() == 100);
  }
  Bytes broken = read_picture("rgb.png");
  broken.resize(500);
  Session session;
  EXPECT(session.make(input_of(broken)) == Outcome::ok);
  Bytes pixels(bytes_of(session.plan));
  Watch watch;
  EXPECT(decode(libvips(), session.plan, {pixels.data(), pixels.size()}, watch) ==
         Outcome::corrupt);
  EXPECT(watch.percent() < 100);
}

TEST("broken pixels are corrupt, turned or straight, unless that was not asked") {
  Bytes broken = read_picture("orientation-6.jpg");
  broken.resize(broken.size() / 2);
  for (const bool auto_orient : {false, true}) {
    Request request;
    request.auto_orient = auto_orient;
    Session session;
    Bytes pixels;
    EXPECT(session.make(input_of(broken), request) == Outcome::ok);
    EXPECT(session.decode(pixels) == Outcome::corrupt);
    EXPECT(!session.job.message().empty());
    request.fail_on = 0;
    EXPECT(session.make(input_of(broken), request) == Outcome::ok);
    EXPECT(session.decode(pixels) == Outcome::ok);
  }
}

TEST("four threads decode at once, each its own picture") {
  const std::vector<std::string> names = {"baseline.jpg", "rgba.png", "animated.webp",
                                          "orientation-8.jpg"};
  std::vector<std::thread> threads;
  std::vector<char> fine(names.size(), 1);
  for (std::size_t i = 0; i < names.size(); i++) {
    threads.emplace_back([&, i] {
      Request request = resized(40, 30);
      request.auto_orient = true;
      for (int n = 0; n < 20; n++) {
        if (!arrives(names[i], request)) fine[i] = 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char each : fine) EXPECT(each == 1);
}

// LeakSanitizer does not see what libvips holds on to by itself.
TEST("no object of libvips outlives its job, whatever the outcome") {
  for (const std::string& name : pictures()) {
    Bytes content = read_picture(name);
    for (const std::size_t bytes : {content.size(), content.size() / 2, content.size() / 20}) {
      const auto run = [&] {
        content.resize(bytes);
        for (const bool auto_orient : {false, true}) {
          Request request = resized(30, 20);
          request.auto_orient = auto_orient;
          request.channels = 4;
          Session session;
          Bytes pixels;
          if (session.make(input_of(content), request) == Outcome::ok) {
            (void)session.decode(pixels);
          }
        }
      };
      run();  // what is made once, at the first use
      const int before = count_objects();
      run();
      EXPECT(count_objects() == before);
    }
  }
}
