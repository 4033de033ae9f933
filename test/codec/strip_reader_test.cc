#include "strip_reader.h"

#include <cstring>
#include <thread>

#include "descriptors.h"
#include "guarded.h"
#include "harness.h"
#include "reference.h"
#include "session.h"

using namespace pixelpool;

namespace {

constexpr std::size_t bytes_max = 2'000'000;

// A reader and the shape of what it reads.
struct Reading {
  Session session;
  StripReader reader;
  int height = 0;
  std::size_t row_bytes = 0;

  Outcome open(const Input& input, const Request& request = {}) {
    const Outcome planned = session.make(input, request);
    if (planned != Outcome::ok) return planned;
    const Plan& plan = session.plan;
    height = plan.height;
    row_bytes = static_cast<std::size_t>(plan.width) * static_cast<std::size_t>(plan.bands);
    return StripReader::open(libvips(), session.plan, reader);
  }
  [[nodiscard]] std::size_t bytes(int rows) const {
    return row_bytes * static_cast<std::size_t>(rows);
  }
  [[nodiscard]] Outcome read(const Target& target, int top, int rows) const {
    return reader.read(target, top, rows, watch);
  }
  Watch watch;
};

// All strips of some rows, one after another, each against an end of guarded memory.
Bytes strips(const Reading& reading, int rows, Guarded& memory) {
  Bytes all;
  for (int top = 0; top < reading.height; top += rows) {
    const int count = std::min(rows, reading.height - top);
    const std::size_t bytes = reading.bytes(count);
    const Target target = top / rows % 2 == 0 ? memory.at_end(bytes) : memory.at_start(bytes);
    EXPECT(reading.read(target, top, count) == Outcome::ok);
    EXPECT(memory.surroundings_untouched());
    all.insert(all.end(), target.start, target.start + target.bytes);
  }
  return all;
}

Request upright_of_size(int width, int height) {
  Request request;
  request.width = width;
  request.height = height;
  request.fill = true;
  request.auto_orient = true;
  return request;
}

bool is_ours(const std::string& name) {
  return name.find("-bands") == std::string::npos;
}

}  // namespace

TEST("strips of any height make up the whole, and no byte beside them is touched") {
  Guarded memory(bytes_max);
  for (const std::string& name : pictures()) {
    if (!is_ours(name)) continue;
    for (const Request& request : {Request{}, upright_of_size(41, 67)}) {
      Session session;
      EXPECT(session.make(name, request) == Outcome::ok);
      if (session.plan.orientation > 2) continue;
      const Bytes whole = *reference_of(session.plan);
      for (const int rows : {1, 7, 16, 33, 1000}) {
        Reading reading;
        EXPECT(reading.open(file_input(name), request) == Outcome::ok);
        EXPECT(strips(reading, rows, memory) == whole);
      }
    }
  }
}

// libvips' affine counts from the left edge of what it is asked for at once: where its rounding is
// a tie, full rows and the tiles of vips_image_write_to_memory() differ.
TEST("an enlarged picture has the same pixels in strips as in one piece") {
  Guarded memory(bytes_max);
  for (const int width : {256, 300, 512}) {
    Request request;
    request.width = width;
    Session session;
    EXPECT(session.make("tiled.tiff", request) == Outcome::ok);
    const Bytes whole = *reference_of(session.plan);
    Reading reading;
    EXPECT(reading.open(file_input("tiled.tiff"), request) == Outcome::ok);
    EXPECT(strips(reading, 32, memory) == whole);
  }
}

TEST("rows may be left out, but not gone back to") {
  for (const char* const name : {"rgb.png", "baseline.jpg", "tiled.tiff"}) {
    Session session;
    EXPECT(session.make(name) == Outcome::ok);
    const Bytes whole = *reference_of(session.plan);
    Reading reading;
    EXPECT(reading.open(file_input(name)) == Outcome::ok);
    Bytes rows(reading.bytes(5));
    for (const int top : {10, 40, 70}) {
      EXPECT(reading.read({rows.data(), rows.size()}, top, 5) == Outcome::ok);
      EXPECT(std::memcmp(rows.data(), whole.data() + reading.bytes(top), rows.size()) == 0);
    }
  }
}

TEST("every strip may be read on another thread") {
  Session session;
  EXPECT(session.make("progressive.jpg") == Outcome::ok);
  const Bytes whole = *reference_of(session.plan);
  Reading reading;
  EXPECT(reading.open(file_input("progressive.jpg")) == Outcome::ok);
  Bytes all(whole.size());
  for (int top = 0; top < reading.height; top += 20) {
    std::thread([&] {
      const LibvipsJob job(libvips());
      const int rows = std::min(20, reading.height - top);
      const Target target = {all.data() + reading.bytes(top), reading.bytes(rows)};
      EXPECT(reading.read(target, top, rows) == Outcome::ok);
    }).join();
  }
  EXPECT(all == whole);
}

TEST("a mirrored picture is read in strips; one upside down or on its side is not") {
  Request request;
  request.auto_orient = true;
  for (int orientation = 1; orientation <= 8; orientation++) {
    Reading reading;
    const std::string name = "orientation-" + std::to_string(orientation) + ".jpg";
    EXPECT(reading.open(file_input(name), request) ==
           (orientation <= 2 ? Outcome::ok : Outcome::cannot_turn));
  }
}

TEST("memory that is one byte too small is left alone, and the reader reads on") {
  Reading reading;
  EXPECT(reading.open(file_input("rgb.png")) == Outcome::ok);
  Guarded memory(bytes_max);
  EXPECT(reading.read(memory.at_end(reading.bytes(10) - 1), 0, 10) == Outcome::does_not_fit);
  EXPECT(memory.untouched());
  EXPECT(reading.read(memory.at_end(reading.bytes(10)), 0, 10) == Outcome::ok);
}

TEST("a cancelled read ends as cancelled and leaves the memory alone") {
  Reading reading;
  EXPECT(reading.open(file_input("rgb.png")) == Outcome::ok);
  Guarded memory(bytes_max);
  const Target target = memory.at_end(reading.bytes(10));
  reading.watch.cancel();
  EXPECT(reading.read(target, 0, 10) == Outcome::cancelled);
  EXPECT(memory.untouched());
}

TEST("a picture that breaks off is corrupt from there on") {
  Bytes broken = read_picture("rgb.png");
  broken.resize(broken.size() / 2);
  Reading reading;
  EXPECT(reading.open(input_of(broken)) == Outcome::ok);
  Bytes rows(reading.bytes(5));
  const Target target = {rows.data(), rows.size()};
  EXPECT(reading.read(target, 0, 5) == Outcome::ok);
  EXPECT(reading.read(target, 5, 5) == Outcome::ok);
  EXPECT(reading.read(target, 70, 5) == Outcome::corrupt);
  EXPECT(!reading.session.job.message().empty());
}

TEST("a reader keeps its file open, and closes it when it ends") {
  const int before = count_descriptors();
  {
    Reading reading;
    EXPECT(reading.open(file_input("rgb.png")) == Outcome::ok);
    reading.session.plan = {};
    EXPECT(count_descriptors() == before + 1);
    Bytes rows(reading.bytes(10));
    EXPECT(reading.read({rows.data(), rows.size()}, 0, 10) == Outcome::ok);
  }
  EXPECT(count_descriptors() == before);
}

TEST("no object of libvips outlives its reader, read to the end or not") {
  for (const std::string& name : pictures()) {
    if (!is_ours(name)) continue;
    const auto run = [&] {
      Reading reading;
      if (reading.open(file_input(name)) != Outcome::ok) return;
      Bytes rows(reading.bytes(10));
      for (int top = 0; top < 30 && top + 10 <= reading.height; top += 10) {
        EXPECT(reading.read({rows.data(), rows.size()}, top, 10) == Outcome::ok);
      }
    };
    run();
    const int before = count_objects();
    run();
    EXPECT(count_objects() == before);
  }
}

TEST("a reader of nothing ends") {
  const StripReader reader;
}
