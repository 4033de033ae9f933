#include "decoder.h"

#include <algorithm>
#include <vector>

#include "turn.h"

namespace pixelpool {
namespace {

// As vips_image_write_to_memory() does it, but for the memory.
Outcome write_straight(const Libvips& vips, const Plan& plan, const Target& target, Watch& watch) {
  const Image written = image_over(vips, target.start, {plan.width, plan.height, plan.bands});
  if (written == nullptr) return Outcome::unsupported;
  const Watched watched(vips, written.get(), watch);
  if (vips.vips_image_write(plan.image.get(), written.get()) != 0) return Outcome::corrupt;
  const bool is_ours = vips.vips_image_get_data(written.get()) == target.start;
  return is_ours ? Outcome::ok : Outcome::displaced;
}

// Turns the picture while it is decoded from top to bottom. sharp and libvips keep all of it in
// memory for that; a few rows at a time are enough.
class Turner {
 public:
  Turner(const Libvips& vips, const Plan& plan, std::byte* target, const Watch& watch)
      : vips_(vips),
        width_(vips.vips_image_get_width(plan.image.get())),
        turn_(plan.orientation, width_, vips.vips_image_get_height(plan.image.get()), plan.bands),
        target_(target),
        watch_(watch),
        rows_max_(rows_at_once(vips, plan)),
        rows_(row_bytes(vips, plan) * static_cast<std::size_t>(rows_max_)),
        image_(image_over(vips, rows_.data(), {width_, rows_max_, plan.bands})),
        region_(image_ == nullptr ? nullptr : vips.vips_region_new(image_.get()), Unref{&vips}) {}

  [[nodiscard]] bool prepare() {
    const VipsRect all = {0, 0, width_, rows_max_};
    return region_ != nullptr && vips_.vips_region_image(region_.get(), &all) == 0 &&
           vips_.vips_image_get_data(image_.get()) == rows_.data();
  }

  // One strip after another, from the top; whole rows.
  static int on_strip(VipsRegion* strip, VipsRect* area, void* data) {
    const auto& turner = *static_cast<Turner*>(data);
    if (turner.watch_.cancelled()) return -1;
    for (int done = 0; done < area->height; done += turner.rows_max_) {
      const int count = std::min(turner.rows_max_, area->height - done);
      const VipsRect part = {area->left, area->top + done, area->width, count};
      turner.vips_.vips_region_copy(strip, turner.region_.get(), &part, 0, 0);
      turner.turn_.copy(turner.rows_.data(), part.top, count, turner.target_);
    }
    return 0;
  }

 private:
  // Enough rows for a run of bytes in each row of the target, and a few MB at most.
  static int rows_at_once(const Libvips& vips, const Plan& plan) {
    constexpr std::size_t bytes_max = std::size_t{4} * 1024 * 1024;
    const std::size_t rows = bytes_max / row_bytes(vips, plan);
    const int height = vips.vips_image_get_height(plan.image.get());
    return std::min(height, static_cast<int>(std::clamp<std::size_t>(rows, 1, 64)));
  }
  static std::size_t row_bytes(const Libvips& vips, const Plan& plan) {
    return static_cast<std::size_t>(vips.vips_image_get_width(plan.image.get())) *
           static_cast<std::size_t>(plan.bands);
  }

  const Libvips& vips_;
  const int width_;
  const Turn turn_;
  std::byte* const target_;
  const Watch& watch_;
  const int rows_max_;
  std::vector<std::byte> rows_;
  const Image image_;
  const Region region_;
};

Outcome write_turned(const Libvips& vips, const Plan& plan, const Target& target, Watch& watch) {
  Turner turner(vips, plan, target.start, watch);
  if (!turner.prepare()) return Outcome::displaced;
  const Watched watched(vips, plan.image.get(), watch);
  const int failed = vips.vips_sink_disc(plan.image.get(), Turner::on_strip, &turner);
  return failed == 0 ? Outcome::ok : Outcome::corrupt;
}

}  // namespace

std::size_t bytes_of(const Plan& plan) {
  return Frame{plan.width, plan.height, plan.bands}.bytes();  // below 2^62: libvips' sides are ints
}

Outcome decode(const Libvips& vips, const Plan& plan, const Target& target, Watch& watch) {
  if (bytes_of(plan) > target.bytes) return Outcome::does_not_fit;
  if (watch.cancelled()) return Outcome::cancelled;
  const Outcome outcome = plan.orientation == 1 ? write_straight(vips, plan, target, watch)
                                                : write_turned(vips, plan, target, watch);
  if (outcome == Outcome::corrupt && watch.cancelled()) return Outcome::cancelled;
  if (outcome == Outcome::ok) watch.tell(100);
  return outcome;
}

}  // namespace pixelpool
