#include "strip_reader.h"

#include <algorithm>
#include <utility>

#include "../core/check.h"

namespace pixelpool {
namespace {

constexpr int step_rows = 16;  // what a JPEG has at hand at once

}  // namespace

StripReader::~StripReader() {
  // Operations in libvips' cache may keep the image: not its rows.
  if (image_ != nullptr) vips_->vips_image_minimise_all(image_.get());
}

Outcome StripReader::open(const Libvips& vips, Plan& plan, StripReader& reader) {
  if (plan.orientation > 2) return Outcome::cannot_turn;
  const bool mirrored = plan.orientation == 2;
  const auto mirror = [&](VipsImage* in, VipsImage** out) {
    return vips.vips_flip(in, out, vips_direction_horizontal, end_of_options);
  };
  if (mirrored && !extend(plan.image, mirror)) return Outcome::unsupported;
  reader.vips_ = &vips;
  reader.source_ = std::move(plan.source);
  reader.image_ = std::move(plan.image);
  reader.width_ = plan.width;
  reader.height_ = plan.height;
  reader.bands_ = plan.bands;
  int tile_height = 0;
  int tile_rows = 0;
  vips.vips_get_tile_size(reader.image_.get(), &reader.tile_width_, &tile_height, &tile_rows);
  return Outcome::ok;
}

Outcome StripReader::read(const Target& target, int top, int rows, const Watch& watch) const {
  CHECK(0 <= top);
  CHECK(tile_width_ > 0);
  CHECK(0 < rows && rows <= height_ - top);
  const Frame frame = {width_, rows, bands_};
  if (frame.bytes() > target.bytes) return Outcome::does_not_fit;

  // Regions belong to the thread that made them, and every read may be on another one.
  const Unref unref{vips_};
  const Image written = image_over(*vips_, target.start, frame);
  if (written == nullptr) return Outcome::unsupported;
  const Region from(vips_->vips_region_new(image_.get()), unref);
  const Region to(vips_->vips_region_new(written.get()), unref);
  const VipsRect all = {0, 0, width_, rows};
  if (from == nullptr || to == nullptr || vips_->vips_region_image(to.get(), &all) != 0) {
    return Outcome::corrupt;
  }
  // libvips' own tiles: where it enlarges, a pixel may depend on where its tile begins.
  for (int done = 0; done < rows; done += step_rows) {
    if (watch.cancelled()) return Outcome::cancelled;
    for (int left = 0; left < width_; left += tile_width_) {
      const VipsRect part = {left, top + done, std::min(tile_width_, width_ - left),
                             std::min(step_rows, rows - done)};
      if (vips_->vips_region_prepare_to(from.get(), to.get(), &part, left, done) != 0) {
        return Outcome::corrupt;
      }
    }
  }
  const bool is_ours = vips_->vips_image_get_data(written.get()) == target.start;
  return is_ours ? Outcome::ok : Outcome::displaced;
}

}  // namespace pixelpool
