#include "source.h"

#include <utility>

namespace pixelpool {
namespace {

using Holder = std::shared_ptr<File>;

std::int64_t on_read(VipsSource*, void* target, std::int64_t bytes, void* data) {
  return (*static_cast<Holder*>(data))->read(target, static_cast<std::size_t>(bytes));
}

std::int64_t on_seek(VipsSource*, std::int64_t offset, int whence, void* data) {
  return (*static_cast<Holder*>(data))->seek(offset, whence);
}

void let_go(void* data, void*) {
  delete static_cast<Holder*>(data);
}

// libvips calls the handler for as long as it has the source; let_go() then ends the holder.
template <typename Handler>
void connect(const Libvips& vips, VipsSource* source, const char* signal, Handler handler,
             const Holder& file) {
  const auto erased = reinterpret_cast<void (*)()>(handler);
  vips.g_signal_connect_data(source, signal, erased, new Holder(file), let_go, 0);
}

}  // namespace

Source::~Source() {
  if (file_ != nullptr) file_->close();
}

bool Source::open(const Libvips& vips, const Input& input, Source& source) {
  Source opened;
  const Unref unref{&vips};
  if (input.file.empty()) {
    opened.source_ = {vips.vips_source_new_from_memory(input.memory, input.bytes), unref};
  } else {
    opened.file_ = File::open(input.file);
    if (opened.file_ == nullptr) return false;
    opened.source_ = {vips.vips_source_custom_new(), unref};
    if (opened.source_ == nullptr) return false;
    connect(vips, opened.get(), "read", on_read, opened.file_);
    connect(vips, opened.get(), "seek", on_seek, opened.file_);
  }
  if (opened.source_ == nullptr) return false;
  source = std::move(opened);
  return true;
}

}  // namespace pixelpool
