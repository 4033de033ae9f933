#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "file.h"

namespace pixelpool {

std::shared_ptr<File> File::open(const std::string& path) {
  // O_NONBLOCK: to open a named pipe would wait for somebody to write into it.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor == -1) return nullptr;
  std::shared_ptr<File> file(new File(descriptor));
  struct stat status {};
  const bool is_regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  return is_regular ? file : nullptr;
}

std::int64_t File::read(void* target, std::size_t bytes) const {
  for (;;) {
    const auto count = ::read(descriptor_, target, bytes);
    if (count != -1 || errno != EINTR) return count;
  }
}

std::int64_t File::seek(std::int64_t offset, int whence) const {
  return lseek(descriptor_, offset, whence);
}

void File::close() {
  if (descriptor_ != -1) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace pixelpool
