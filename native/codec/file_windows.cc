#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <sys/stat.h>
#include <windows.h>

#include <algorithm>

#include "file.h"

namespace pixelpool {
namespace {

std::wstring to_utf16(const std::string& text) {
  const int bytes = static_cast<int>(text.size());
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, nullptr, 0);
  std::wstring result(static_cast<std::size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), bytes, result.data(), length);
  return result;
}

}  // namespace

std::shared_ptr<File> File::open(const std::string& path) {
  int descriptor = -1;
  if (_wsopen_s(&descriptor, to_utf16(path).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT,
                _SH_DENYNO, _S_IREAD) != 0) {
    return nullptr;
  }
  std::shared_ptr<File> file(new File(descriptor));
  struct _stat64 status {};
  const bool is_regular =
      _fstat64(descriptor, &status) == 0 && (status.st_mode & _S_IFMT) == _S_IFREG;
  return is_regular ? file : nullptr;
}

std::int64_t File::read(void* target, std::size_t bytes) const {
  if (descriptor_ == -1) return -1;            // else the C runtime ends the process
  constexpr std::size_t bytes_max = 1U << 30;  // _read() takes no more than an int
  return _read(descriptor_, target, static_cast<unsigned>(std::min(bytes, bytes_max)));
}

std::int64_t File::seek(std::int64_t offset, int whence) const {
  if (descriptor_ == -1) return -1;
  return _lseeki64(descriptor_, offset, whence);
}

void File::close() {
  if (descriptor_ != -1) _close(descriptor_);
  descriptor_ = -1;
}

}  // namespace pixelpool
