#include "source.h"

#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "harness.h"
#include "session.h"

using namespace pixelpool;

namespace {

Outcome outcome_of(const std::string& path) {
  return Session().make({path, nullptr, 0, nullptr});
}

}  // namespace

TEST("what cannot be read is unreadable: nothing, a directory, a device, a named pipe") {
  const TemporaryFile place({});
  const std::string pipe = place.path() + ".pipe";
  EXPECT(mkfifo(pipe.c_str(), 0600) == 0);
  EXPECT(outcome_of("/nowhere/picture.png") == Outcome::unreadable);
  EXPECT(outcome_of("/tmp") == Outcome::unreadable);
  EXPECT(outcome_of("/dev/zero") == Outcome::unreadable);
  EXPECT(outcome_of(pipe) == Outcome::unreadable);
  unlink(pipe.c_str());
}

TEST("an empty file and empty memory are no pictures") {
  const TemporaryFile empty({});
  EXPECT(outcome_of(empty.path()) == Outcome::unsupported);
  EXPECT(Session().make(Input{}) != Outcome::ok);
}

TEST("a file and its bytes in memory give the same pixels") {
  for (const std::string& name : pictures()) {
    const Bytes bytes = read_picture(name);
    Session of_file, of_memory;
    const Outcome planned = of_file.make(name);
    EXPECT(of_memory.make(input_of(bytes)) == planned);
    if (planned != Outcome::ok) continue;
    Bytes from_file, from_memory;
    EXPECT(of_file.decode(from_file) == Outcome::ok);
    EXPECT(of_memory.decode(from_memory) == Outcome::ok);
    EXPECT(from_file == from_memory);
  }
}

TEST("a file stays open as long as the plan, though libvips' cache may keep the image") {
  const int before = count_descriptors();
  for (const std::string& name : pictures()) {
    Session session;
    if (session.make(name) == Outcome::ok) EXPECT(count_descriptors() == before + 1);
  }
  EXPECT(count_descriptors() == before);
}

TEST("a file is closed after a decode, and after one that failed") {
  const int before = count_descriptors();
  for (const std::size_t bytes : {120'000U, 8'000U, 100U}) {
    Bytes content = read_picture("plain.tiff");
    content.resize(bytes);
    const TemporaryFile file(content);
    Session session;
    Bytes pixels;
    if (session.make({file.path(), nullptr, 0, nullptr}) == Outcome::ok)
      (void)session.decode(pixels);
  }
  EXPECT(count_descriptors() == before);
}

// Files are never mapped: whoever reads what is no longer there gets SIGBUS.
TEST("a file that is truncated while it is open gives an outcome and no signal") {
  for (const std::string& name : pictures()) {
    const Bytes content = read_picture(name);
    for (const int fail_on : {0, 3}) {
      for (const std::size_t bytes : {std::size_t{0}, content.size() / 2}) {
        const TemporaryFile file(content);
        Request request;
        request.fail_on = fail_on;
        Session session;
        if (session.make({file.path(), nullptr, 0, nullptr}, request) != Outcome::ok) continue;
        file.cut(bytes);
        Bytes pixels;
        const Outcome outcome = session.decode(pixels);
        EXPECT(outcome == Outcome::ok || outcome == Outcome::corrupt);
      }
    }
  }
}

TEST("a large file that is truncated while it is open is corrupt") {
  const TemporaryFile file(read_picture("plain.tiff"));
  Session session;
  EXPECT(session.make({file.path(), nullptr, 0, nullptr}) == Outcome::ok);
  file.cut(8'000);
  Bytes pixels;
  EXPECT(session.decode(pixels) == Outcome::corrupt);
  EXPECT(!session.job.message().empty());
}

TEST("a name with options for libvips in it is a name, whole") {
  const TemporaryFile file(read_picture("animated.gif"));
  EXPECT(outcome_of(file.path() + "[page=1]") == Outcome::unreadable);
}
