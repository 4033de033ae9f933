#include "watch.h"

namespace pixelpool {

void Watch::tell(int percent) {
  if (percent <= this->percent()) return;
  percent_.store(percent, std::memory_order_relaxed);
  if (on_percent_ != nullptr) on_percent_();
}

Watched::Watched(const Libvips& vips, VipsImage* image, Watch& watch)
    : vips_(vips), image_(image), watch_(watch) {
  vips.vips_image_set_progress(image, 1);
  // GObject calls a handler by the signal's own signature, whatever type it is passed as.
  const auto handler = reinterpret_cast<void (*)()>(&Watched::on_eval);
  handler_ = vips.g_signal_connect_data(image, "eval", handler, this, nullptr, 0);
}

Watched::~Watched() {
  vips_.g_signal_handler_disconnect(image_, handler_);
  vips_.vips_image_set_progress(image_, 0);
}

void Watched::on_eval(VipsImage* image, VipsProgress* progress, void* data) {
  const auto& watched = *static_cast<Watched*>(data);
  if (watched.watch_.cancelled()) watched.vips_.vips_image_set_kill(image, 1);
  watched.watch_.tell(progress->percent);
}

}  // namespace pixelpool
