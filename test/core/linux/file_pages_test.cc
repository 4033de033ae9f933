#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "folder.h"
#include "harness.h"
#include "pages.h"

using namespace pixelpool;

namespace {

constexpr std::size_t mib = std::size_t{1024} * 1024;

// What the system says of the mapping that an address is in: its first line, and its flags.
struct Mapping {
  std::string line;
  std::string flags;

  [[nodiscard]] bool has(const std::string& flag) const {
    return flags.find(" " + flag + " ") != std::string::npos;
  }
};

Mapping mapping_of(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream smaps("/proc/self/smaps");
  Mapping mapping;
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> from >> dash >> to && dash == '-') {
      inside = from <= wanted && wanted < to;
      if (inside) mapping.line = line;
    } else if (inside && line.rfind("VmFlags:", 0) == 0) {
      mapping.flags = line + " ";
    }
  }
  return mapping;
}

bool all(const std::byte* start, std::size_t bytes, int value) {
  return std::all_of(start, start + bytes,
                     [value](std::byte each) { return each == static_cast<std::byte>(value); });
}

Pages make(std::size_t bytes) {
  auto pages = Pages::reserve(bytes);
  EXPECT(pages.has_value());
  return std::move(*pages);
}

}  // namespace

TEST("a committed range has a name, no child inherits it and no core dump shows it") {
  Pages pages = make(mib);
  EXPECT(pages.commit(0, mib));
  const Mapping mapping = mapping_of(pages.start());
  EXPECT(mapping.has("dc"));
  EXPECT(mapping.has("dd"));
}

TEST("a range in a file reads as zero, keeps what is written, and its neighbours stay") {
  const Folder folder;
  if (folder.refuses_files()) return;
  Pages pages = make(3 * mib);
  EXPECT(pages.commit(0, 3 * mib));
  std::memset(pages.start(), 1, 3 * mib);
  EXPECT(pages.back_by_file(mib, mib, folder.path().c_str()) == Backing::ok);
  EXPECT(all(pages.start() + mib, mib, 0));
  std::memset(pages.start() + mib, 2, mib);
  EXPECT(all(pages.start(), mib, 1));
  EXPECT(all(pages.start() + mib, mib, 2));
  EXPECT(all(pages.start() + 2 * mib, mib, 1));
}

TEST("a file of a range has no name, no child inherits it and no core dump shows it") {
  const Folder folder;
  if (folder.refuses_files()) return;
  Pages pages = make(mib);
  EXPECT(pages.commit(0, mib));
  EXPECT(pages.back_by_file(0, mib, folder.path().c_str()) == Backing::ok);
  const Mapping mapping = mapping_of(pages.start());
  EXPECT(mapping.line.find("(deleted)") != std::string::npos);
  EXPECT(mapping.has("sh"));
  EXPECT(mapping.has("dc"));
  EXPECT(mapping.has("dd"));
}

TEST("a range that went back to memory is reserved as it was at first, the file is gone") {
  const Folder folder;
  if (folder.refuses_files()) return;
  Pages pages = make(4 * mib);
  pages.advise(0, 4 * mib, Pages::Touch::huge_page);
  EXPECT(pages.commit(0, 4 * mib));
  EXPECT(mapping_of(pages.start()).has("hg"));
  EXPECT(pages.back_by_file(0, 4 * mib, folder.path().c_str()) == Backing::ok);
  std::memset(pages.start(), 1, 4 * mib);
  EXPECT(!mapping_of(pages.start()).has("hg"));
  EXPECT(pages.back_by_memory(0, 4 * mib, Pages::Touch::huge_page));
  EXPECT(pages.resident_bytes(0, 4 * mib) == 0);
  EXPECT(pages.commit(0, 4 * mib));
  const Mapping mapping = mapping_of(pages.start());
  EXPECT(mapping.line.find("(deleted)") == std::string::npos);
  EXPECT(mapping.has("hg"));
  EXPECT(mapping.has("dc"));
  EXPECT(mapping.has("dd"));
  EXPECT(all(pages.start(), 4 * mib, 0));
}

TEST("a directory that is not there is refused, and all is as before") {
  Pages pages = make(mib);
  EXPECT(pages.commit(0, mib));
  std::memset(pages.start(), 1, mib);
  EXPECT(pages.back_by_file(0, mib, "build/core-tests/none") == Backing::refused);
  EXPECT(Pages::try_file("build/core-tests/none") == Backing::refused);
  EXPECT(Pages::try_file("/proc") == Backing::refused);
  EXPECT(all(pages.start(), mib, 1));
}

TEST_ALONE("a file above the process' limit is full, and no signal ends the process") {
  const Folder folder;
  if (folder.refuses_files()) return;
  const rlimit limit{mib, mib};
  EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  signal(SIGXFSZ, SIG_DFL);
  Pages pages = make(2 * mib);
  EXPECT(pages.commit(0, 2 * mib));
  EXPECT(pages.back_by_file(0, 2 * mib, folder.path().c_str()) == Backing::full);
  EXPECT(pages.back_by_file(0, mib, folder.path().c_str()) == Backing::ok);
  std::memset(pages.start(), 1, 2 * mib);
}
