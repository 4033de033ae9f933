#include "file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "descriptors.h"
#include "harness.h"
#include "pictures.h"

using namespace pixelpool;

namespace {

Bytes bytes_of(std::string_view text) {
  const auto* const start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

// By which this process has a file open, or -1.
int descriptor_of(const std::string& path) {
  struct stat wanted {};
  struct stat found {};
  if (stat(path.c_str(), &wanted) != 0) return -1;
  for (int descriptor = 3; descriptor < 256; descriptor++) {
    if (fstat(descriptor, &found) == 0 && found.st_ino == wanted.st_ino) return descriptor;
  }
  return -1;
}

bool is_refused(const std::string& path) {
  const int before = count_descriptors();
  const bool refused = File::open(path) == nullptr;
  return refused && count_descriptors() == before;
}

}  // namespace

TEST("a regular file is read and sought as by read(2) and lseek(2)") {
  const TemporaryFile on_disk(bytes_of("0123456789"));
  const auto file = File::open(on_disk.path());
  char text[20] = {};
  EXPECT(file->read(text, 4) == 4);
  EXPECT(std::string_view(text, 4) == "0123");
  EXPECT(file->seek(0, SEEK_CUR) == 4);
  EXPECT(file->seek(-2, SEEK_END) == 8);
  EXPECT(file->read(text, 20) == 2);
  EXPECT(std::string_view(text, 2) == "89");
  EXPECT(file->read(text, 20) == 0);
  EXPECT(file->seek(-1, SEEK_SET) == -1);
}

TEST("a file is closed when it is told to, and -1 is all it answers then") {
  const TemporaryFile on_disk(bytes_of("0123456789"));
  const int before = count_descriptors();
  const auto file = File::open(on_disk.path());
  EXPECT(count_descriptors() == before + 1);
  file->close();
  EXPECT(count_descriptors() == before);
  char text[4];
  EXPECT(file->read(text, 4) == -1);
  EXPECT(file->seek(0, SEEK_SET) == -1);
  file->close();
  EXPECT(count_descriptors() == before);
}

TEST("a file that nobody holds is closed") {
  const TemporaryFile on_disk(bytes_of("0123456789"));
  const int before = count_descriptors();
  (void)File::open(on_disk.path());
  EXPECT(count_descriptors() == before);
}

TEST("a file is not handed down to a program that is started") {
  const TemporaryFile on_disk(bytes_of("secret"));
  const auto file = File::open(on_disk.path());
  const int descriptor = descriptor_of(on_disk.path());
  EXPECT(descriptor != -1);
  EXPECT((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST("refuses a file that is not there") {
  EXPECT(is_refused("/nowhere/picture.png"));
  EXPECT(is_refused(""));
}

TEST("refuses a directory") {
  EXPECT(is_refused("/tmp"));
}

TEST("refuses a device, which has no end") {
  EXPECT(is_refused("/dev/zero"));
  EXPECT(is_refused("/dev/null"));
}

TEST("refuses a named pipe, and does not wait for a writer") {
  const TemporaryFile place({});
  const std::string pipe = place.path() + ".pipe";
  const std::string link = place.path() + ".link";
  EXPECT(mkfifo(pipe.c_str(), 0600) == 0);
  EXPECT(symlink(pipe.c_str(), link.c_str()) == 0);
  EXPECT(is_refused(pipe));
  EXPECT(is_refused(link));
  unlink(link.c_str());
  unlink(pipe.c_str());
}

TEST("refuses a file that may not be read") {
  if (geteuid() == 0) return;  // who may read everything
  const TemporaryFile on_disk(bytes_of("secret"));
  EXPECT(chmod(on_disk.path().c_str(), 0) == 0);
  EXPECT(is_refused(on_disk.path()));
}

TEST("opens a file by a name that has options for libvips in it") {
  const TemporaryFile place(bytes_of("x"));
  const std::string named = place.path() + "[page=1]";
  EXPECT(link(place.path().c_str(), named.c_str()) == 0);
  EXPECT(File::open(named) != nullptr);
  unlink(named.c_str());
}
